/** Who is on the phone, by Bearer token or by the phone page's own cookie. */
import { identityOf } from "../identity/identity.ts";
import { TOKEN_MAX_CHARS } from "../core/limits.ts";
import type { User } from "../core/user.ts";
import { isRefusal, refuse, type Refusal } from "../core/refusal.ts";
import type { Ctx } from "./context.ts";
import { readCookie } from "./cookies.ts";
import { refuseForeignOrigin, requireOwnOrigin } from "./origin.ts";

/**
 * Apps send `Authorization: Bearer` (RFC 6750); the phone page's cookie counts only on calls from
 * our own pages. A session that was gained by scanning is neither: trust does not chain.
 */
export async function phoneUser(c: Ctx): Promise<User | Refusal> {
  const bearer = bearerOf(c);
  if (isPhoneApp(c)) {
    if (bearer === undefined) return refuse("unauthenticated", { reason: "token_missing" });
    return refuseForeignOrigin(c) ?? authenticate(c, bearer);
  }
  return pageUser(c, changesOrListens(c));
}

/** The phone page's user, from its cookie. */
export async function pageUser(c: Ctx, needsOrigin = false): Promise<User | Refusal> {
  const token = readCookie(c, "account");
  if (token === undefined || c.var.config.identity.kind !== "accounts") {
    return refuse("unauthenticated", { reason: "account_cookie_missing" });
  }
  const foreign = needsOrigin ? requireOwnOrigin(c) : undefined;
  return foreign ?? authenticate(c, token);
}

export function isPhoneApp(c: Ctx): boolean {
  return c.req.header("Authorization") !== undefined;
}

async function authenticate(c: Ctx, token: string): Promise<User | Refusal> {
  if (token.length > TOKEN_MAX_CHARS)
    return refuse("unauthenticated", { reason: "token_too_long" });
  const { identity, keys } = c.var.config;
  const user = await identityOf(identity, { db: c.env.DB, ring: keys.account }).authenticate(token);
  if (!isRefusal(user)) c.set("user", user.sub);
  return user;
}

function changesOrListens(c: Ctx): boolean {
  return c.req.method !== "GET" || c.req.header("Upgrade") !== undefined;
}

function bearerOf(c: Ctx): string | undefined {
  return /^Bearer +([\w\-.~+/]+=*)$/i.exec(c.req.header("Authorization") ?? "")?.[1];
}
