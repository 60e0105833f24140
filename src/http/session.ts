/** The session of a browser that is signed in: one cookie, which vouches for itself. */
import type { User } from "../core/user.ts";
import { issueToken, readToken, type Token } from "../identity/tokens.ts";
import type { Ctx } from "./context.ts";
import { clearCookie, readCookie, writeCookie } from "./cookies.ts";

export async function sessionOf(c: Ctx): Promise<Token | undefined> {
  const cookie = readCookie(c, "session");
  return cookie === undefined
    ? undefined
    : readToken(c.get("config").keys.session, cookie, Date.now());
}

export async function startSession(c: Ctx, user: User): Promise<void> {
  const { keys, sessionTtlS, ssoTtlS } = c.get("config");
  const { email, emailVerified, preferredUsername, locale } = user;
  const more = {
    ...(email !== undefined && { email }),
    ...(emailVerified !== undefined && { emailVerified }),
    ...(preferredUsername !== undefined && { preferredUsername }),
    ...(locale !== undefined && { locale }),
  };
  // Only a session that may answer sites has to know what they may ask.
  const told = ssoTtlS > 0 ? more : undefined;
  const token = await issueToken(keys.session, user, sessionTtlS, Date.now(), told);
  writeCookie(c, "session", token, sessionTtlS);
}

export function endSession(c: Ctx): void {
  clearCookie(c, "session");
}
