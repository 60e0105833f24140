/**
 * The browser key: proof that this browser asked for this uuid, and for whom. `random.HMAC(uuid,
 * random)`, 128 bits each, kept in an HttpOnly cookie of its own per uuid, so that several tabs can
 * wait at once. Where a site asks: `random.site.digest.HMAC(uuid, random, site, digest)`, so that
 * nobody who can put a cookie or an address before a browser changes who is asking, or for what.
 */
import { createHash, randomBytes } from "node:crypto";
import { sign, verify, type Form, type Ring } from "../core/keys.ts";
import { refuse, type Refusal } from "../core/refusal.ts";

/** The site that a login is for, where it is not for this deployment itself. */
export interface Audience {
  /** The id of the site's client. */
  readonly site: string;
  /** Of its whole request: SHA-256, base64url. */
  readonly digest: string;
}

const form: Form = { bytes: 16, encoding: "base64url" };
const shape = /^([\w-]{22})(?:\.([A-Za-z0-9]{1,64})\.([\w-]{43}))?\.([\w-]{22})$/;

export function mintBrowserKey(ring: Ring, uuid: string, audience?: Audience): string {
  const random = randomBytes(16).toString("base64url");
  const parts = audience ? [random, audience.site, audience.digest] : [random];
  return [...parts, sign(ring, [uuid, ...parts], form)].join(".");
}

/**
 * @returns the owner's mark: a digest that the login keeps, so that storage holds nothing with
 * which a login could be taken over; and whom the login is for, if it is for a site; or
 * `not_your_browser`
 */
export function verifyBrowserKey(
  ring: Ring,
  uuid: string,
  key: string | undefined,
): { readonly owner: string; readonly audience?: Audience } | Refusal {
  if (key === undefined) return refuse("not_your_browser", { reason: "browser_key_missing" });
  const [, random = "", site, digest, signature = ""] = shape.exec(key) ?? [];
  const audience = site !== undefined && digest !== undefined && { site, digest };
  const parts = audience ? [random, audience.site, audience.digest] : [random];
  if (!verify(ring, [uuid, ...parts], form, signature)) {
    return refuse("not_your_browser", { reason: "browser_key_forged" });
  }
  return { owner: digestOf(key), ...(audience && { audience }) };
}

/** SHA-256 in base64url. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
