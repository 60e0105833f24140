import { isMisconfigured } from "../../core/settings.ts";
import { refuse } from "../../core/refusal.ts";
import { signingKeysOf, type SigningKeys } from "../../core/signing-keys.ts";
import { tell, type Answer, type Handler } from "../../http/answering.ts";
import type { Ctx } from "../../http/context.ts";
import { oauthError } from "./errors.ts";

/** This face is off until there are keys to sign with; then one sentence says what to do. */
export function withKeys(
  handler: (c: Ctx, keys: SigningKeys) => Answer | Promise<Answer>,
): Handler {
  return async (c) => {
    const keys = await signingKeysOf(c.env);
    if (!isMisconfigured(keys)) return handler(c, keys);
    // Nobody may keep this answer, even of what is kept otherwise.
    c.set("headers", { ...c.get("headers"), "Cache-Control": "no-store" });
    return tell(c, refuse("unavailable", { detail: keys.misconfigured }), oauthError);
  };
}
