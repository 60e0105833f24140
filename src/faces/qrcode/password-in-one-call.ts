import * as v from "valibot";
import { PASSWORD_MAX_CHARS, USERNAME_MAX_CHARS } from "../../core/limits.ts";
import { isRefusal } from "../../core/refusal.ts";
import type { Answer } from "../../http/answering.ts";
import type { Ctx } from "../../http/context.ts";
import { checkUuid, readJson, requiredText } from "../../http/input.ts";
import { checkPassword } from "../../http/password-check.ts";
import { placeOf } from "../../http/visitor.ts";
import { loginOf } from "../../login/gateway.ts";
import { freshNumber } from "./fresh-number.ts";

const verification = v.object({
  UUID: requiredText(64),
  UserName: requiredText(USERNAME_MAX_CHARS),
  Password: requiredText(PASSWORD_MAX_CHARS),
  Platform: requiredText(64),
  ConnectionId: v.optional(v.nullable(v.string())),
});

/**
 * `POST /qrcode/verify`: scan and confirm in one call, for apps that send credentials along with
 * the uuid. Answers 200 `{Result, Message}`, and `VerifyCode` where a number is to be matched.
 */
export async function scanAndConfirmWithPassword(c: Ctx): Promise<Answer> {
  const body = await readJson(c, verification);
  if (isRefusal(body)) return body;
  const uuid = checkUuid(c, body.UUID);
  if (isRefusal(uuid)) return uuid;
  const user = await checkPassword(c, body.UserName, body.Password);
  if (isRefusal(user)) {
    // Counted, but what became of it is not told: only a signed-in user may know of the login.
    if (user.refused === "bad_credentials") await loginOf(c.env, uuid).fail();
    return user;
  }
  const scanning = { kind: "scan", user, phone: placeOf(c) } as const;
  const confirming = { kind: "confirm", sub: user.sub, number: freshNumber() } as const;
  const view = await loginOf(c.env, uuid).asPhone(scanning, confirming);
  if (isRefusal(view)) return view;
  const { verify_code } = view;
  if (verify_code === undefined) return c.json({ Result: 0, Message: "Signed in." });
  return c.json({
    Result: 0,
    Message: `Enter ${verify_code} in the browser.`,
    VerifyCode: verify_code,
  });
}
