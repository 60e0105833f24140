import * as v from "valibot";
import { isRefusal } from "../../core/refusal.ts";
import type { Answer } from "../../http/answering.ts";
import type { Ctx } from "../../http/context.ts";
import { checkUuid, readJson, requiredText } from "../../http/input.ts";
import { browserKeyOf } from "../../http/waiting-browser.ts";
import { loginOf } from "../../login/gateway.ts";

const entry = v.object({ uuid: requiredText(64), code: requiredText(16) });

/** `POST /login/verify`: the number that the phone shows, entered where the login began. */
export async function matchNumber(c: Ctx): Promise<Answer> {
  const body = await readJson(c, entry);
  if (isRefusal(body)) return body;
  const uuid = checkUuid(c, body.uuid);
  if (isRefusal(uuid)) return uuid;
  const key = browserKeyOf(c, uuid);
  if (isRefusal(key)) return key;
  const event = { kind: "enter", owner: key.owner, number: body.code } as const;
  const view = await loginOf(c.env, uuid).asBrowser(event);
  return isRefusal(view) ? view : c.json(view);
}
