/** The browser that waits to be signed in: given a key with its code, and known by it afterwards. */
import { pathFor } from "../core/paths.ts";
import { mintBrowserKey, verifyBrowserKey } from "../login/browser-key.ts";
import { mintUuid } from "../login/uuid.ts";
import type { Ctx } from "./context.ts";
import { pruneLoginCookies, readCookie, writeCookie } from "./cookies.ts";

/**
 * Stores nothing: the uuid and the cookie vouch for themselves.
 *
 * @returns the uuid of a login that may begin, and what its code says
 */
export function mintLogin(c: Ctx): { uuid: string; content: string } {
  const { keys, loginMaxAgeS } = c.get("config");
  const uuid = mintUuid(keys.uuid, Date.now());
  pruneLoginCookies(c);
  writeCookie(c, `login-${uuid}`, mintBrowserKey(keys.browser, uuid), loginMaxAgeS);
  return { uuid, content: new URL(c.req.url).origin + pathFor("scan", uuid) };
}

/** @returns the owner that the browser's key makes it, or `not_your_browser` */
export function browserKeyOf(c: Ctx, uuid: string) {
  return verifyBrowserKey(c.get("config").keys.browser, uuid, readCookie(c, `login-${uuid}`));
}
