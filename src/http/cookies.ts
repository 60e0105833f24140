/**
 * Our cookies, each under one rule: HttpOnly, Path=/, SameSite=Lax, and with https the `__Host-`
 * prefix (RFC 6265bis), which no subdomain can forge. Plain http has neither; it is for local work.
 */
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { LOGIN_COOKIES_MAX } from "../core/limits.ts";
import { isUuid } from "../login/uuid.ts";
import type { Ctx } from "./context.ts";

export type CookieName = "session" | "account" | "lang" | `login-${string}`;

const loginPrefix = "login-";

export function readCookie(c: Ctx, name: CookieName): string | undefined {
  return isHttps(c) ? getCookie(c, name, "host") : getCookie(c, name);
}

export function writeCookie(c: Ctx, name: CookieName, value: string, maxAgeS: number): void {
  setCookie(c, name, value, { ...attributes(c), maxAge: maxAgeS });
}

export function clearCookie(c: Ctx, name: CookieName): void {
  deleteCookie(c, name, attributes(c));
}

/**
 * Every mint adds a cookie that lives for minutes. Somebody who keeps reloading would end up with
 * headers too large to send, so only the newest few are kept.
 */
export function pruneLoginCookies(c: Ctx): void {
  const prefix = isHttps(c) ? `__Host-${loginPrefix}` : loginPrefix;
  const uuids = Object.keys(getCookie(c))
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    // Names come from the request: nothing odd goes back into a header.
    .filter(isUuid)
    // A uuid begins with its mint time: alphabetical is chronological.
    .sort();
  const surplus = uuids.length + 1 - LOGIN_COOKIES_MAX;
  for (const uuid of uuids.slice(0, Math.max(0, surplus))) clearCookie(c, `login-${uuid}`);
}

function attributes(c: Ctx) {
  const https = isHttps(c);
  return {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    secure: https,
    ...(https && ({ prefix: "host" } as const)),
  } as const;
}

function isHttps(c: Ctx): boolean {
  return new URL(c.req.url).protocol === "https:";
}
