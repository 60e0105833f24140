/** The browser that waits to be signed in: given a key with its code, and known by it afterwards. */
import { pathFor } from "../core/paths.ts";
import { isRefusal, refuse, type Refusal } from "../core/refusal.ts";
import type { Site } from "../core/site.ts";
import { digestOf, mintBrowserKey, verifyBrowserKey, type Audience } from "../login/browser-key.ts";
import { mintUuid } from "../login/uuid.ts";
import { clientOf } from "../sites/client.ts";
import type { Ctx } from "./context.ts";
import { pruneLoginCookies, readCookie, writeCookie } from "./cookies.ts";

/**
 * Stores nothing: the uuid and the cookie vouch for themselves.
 *
 * @param audience the site that asks, if one does
 * @returns the uuid of a login that may begin, and what its code says
 */
export function mintLogin(c: Ctx, audience?: Audience): { uuid: string; content: string } {
  const { keys } = c.get("config");
  const uuid = mintUuid(keys.uuid, Date.now());
  return giveKey(c, uuid, mintBrowserKey(keys.browser, uuid, audience));
}

/** From here on this browser is the one that has the key. */
export function giveKey(c: Ctx, uuid: string, key: string): { uuid: string; content: string } {
  pruneLoginCookies(c);
  writeCookie(c, `login-${uuid}`, key, c.get("config").loginMaxAgeS);
  return { uuid, content: new URL(c.req.url).origin + pathFor("scan", uuid) };
}

/**
 * A key for a uuid that was minted before its browser came: the one that this browser has, as after
 * a reload, else a new one. Not given yet: first its login has to say that nobody else has one.
 */
export function keyFor(c: Ctx, uuid: string, audience: Audience): { key: string; owner: string } {
  const ring = c.get("config").keys.browser;
  const kept = readCookie(c, `login-${uuid}`);
  const isOurs = !isRefusal(verifyBrowserKey(ring, uuid, kept));
  const key = isOurs && kept !== undefined ? kept : mintBrowserKey(ring, uuid, audience);
  return { key, owner: digestOf(key) };
}

/** @returns whose login it is by the browser's key, and for which site; or `not_your_browser` */
export function browserKeyOf(c: Ctx, uuid: string) {
  return verifyBrowserKey(c.get("config").keys.browser, uuid, readCookie(c, `login-${uuid}`));
}

/** @returns the site that this key was minted for, nothing if it was for us; or a refusal */
export async function askingSite(
  c: Ctx,
  { audience }: { readonly audience?: Audience },
): Promise<Site | Refusal | undefined> {
  if (audience === undefined) return undefined;
  const client = await clientOf(c.env.DB, audience.site, Date.now());
  if (client === undefined) return refuse("not_found", { reason: "client_gone" });
  if (isRefusal(client)) return client;
  return { id: client.id, name: client.name, host: client.host };
}
