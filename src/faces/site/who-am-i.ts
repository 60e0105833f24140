import { refuse } from "../../core/refusal.ts";
import type { Answer } from "../../http/answering.ts";
import type { Ctx } from "../../http/context.ts";
import { sessionOf } from "../../http/session.ts";

/** `GET /me`: `{user, since_s, expires_in}` of the session, or `unauthenticated`. */
export async function whoAmI(c: Ctx): Promise<Answer> {
  const session = await sessionOf(c);
  if (session === undefined) return refuse("unauthenticated");
  const nowS = Math.floor(Date.now() / 1000);
  const { user, issuedAt, expiresAt } = session;
  return c.json({ user, since_s: nowS - issuedAt, expires_in: expiresAt - nowS });
}
