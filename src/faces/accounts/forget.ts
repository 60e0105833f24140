import * as v from "valibot";
import { pathFor } from "../../core/paths.ts";
import { isRefusal } from "../../core/refusal.ts";
import type { Answer } from "../../http/answering.ts";
import type { Ctx } from "../../http/context.ts";
import { clearCookie } from "../../http/cookies.ts";
import { checkUuid, readForm, requiredText } from "../../http/input.ts";

/** `POST /account/forget`: the phone page's "use another account". */
export async function forgetAccount(c: Ctx): Promise<Answer> {
  const body = await readForm(c, v.object({ uuid: requiredText(64) }));
  if (isRefusal(body)) return body;
  const uuid = checkUuid(c, body.uuid);
  clearCookie(c, "account");
  return c.redirect(isRefusal(uuid) ? "/" : pathFor("scan", uuid), 303);
}
