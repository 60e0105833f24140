/** Who is on the phone, by Bearer token or by the phone page's own cookie. */
import { identityOf } from "../identity/identity.ts";
import { TOKEN_MAX_CHARS } from "../core/limits.ts";
import type { User } from "../core/user.ts";
import { isRefusal, refuse, type Refusal } from "../core/refusal.ts";
import type { Ctx } from "./context.ts";
import { readCookie } from "./cookies.ts";

/**
 * Apps send `Authorization: Bearer` (RFC 6750), the phone page its cookie. A session that was
 * gained by scanning is neither: trust does not chain. The cookie counts only on calls from our own
 * pages: a route that changes something or listens has `ownUnlessToken` or `ownForSockets`.
 */
export async function phoneUser(c: Ctx): Promise<User | Refusal> {
  if (!sendsToken(c)) return pageUser(c);
  const bearer = bearerOf(c);
  if (bearer === undefined) return refuse("unauthenticated", { reason: "token_missing" });
  return authenticate(c, bearer);
}

/** The phone page's user, from its cookie. */
export async function pageUser(c: Ctx): Promise<User | Refusal> {
  const token = readCookie(c, "account");
  if (token === undefined || !hasAccounts(c)) {
    return refuse("unauthenticated", { reason: "account_cookie_missing" });
  }
  return authenticate(c, token);
}

/** Does the caller come as an app does? Any scheme counts: all but Bearer is refused later. */
export function sendsToken(c: Ctx): boolean {
  return c.req.header("Authorization") !== undefined;
}

/** Are the accounts the built-in ones, rather than an issuer's? */
export function hasAccounts(c: Ctx): boolean {
  return c.get("config").identity.kind === "accounts";
}

async function authenticate(c: Ctx, token: string): Promise<User | Refusal> {
  if (token.length > TOKEN_MAX_CHARS)
    return refuse("unauthenticated", { reason: "token_too_long" });
  const { identity, keys } = c.get("config");
  const user = await identityOf(identity, { db: c.env.DB, ring: keys.account }).authenticate(token);
  if (!isRefusal(user)) c.set("user", user.sub);
  return user;
}

function bearerOf(c: Ctx): string | undefined {
  return /^Bearer +([\w\-.~+/]+=*)$/i.exec(c.req.header("Authorization") ?? "")?.[1];
}
