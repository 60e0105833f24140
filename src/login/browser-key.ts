/**
 * The browser key: proof that this browser asked for this uuid. `random.HMAC(uuid, random)`, 128
 * bits each, kept in an HttpOnly cookie of its own per uuid, so that several tabs can wait at once.
 */
import { createHash, randomBytes } from "node:crypto";
import { sign, verify, type Form, type Ring } from "../core/keys.ts";
import { refuse, type Refusal } from "../core/refusal.ts";

const form: Form = { bytes: 16, encoding: "base64url" };
const shape = /^[\w-]{22}\.[\w-]{22}$/;

export function mintBrowserKey(ring: Ring, uuid: string): string {
  const random = randomBytes(16).toString("base64url");
  return `${random}.${sign(ring, [uuid, random], form)}`;
}

/**
 * @returns the owner's mark: a digest that the login keeps, so that storage holds nothing with
 * which a login could be taken over; or `not_your_browser`
 */
export function verifyBrowserKey(
  ring: Ring,
  uuid: string,
  key: string | undefined,
): { readonly owner: string } | Refusal {
  if (key === undefined) return refuse("not_your_browser", { reason: "browser_key_missing" });
  const [random = "", signature = ""] = key.split(".");
  if (!shape.test(key) || !verify(ring, [uuid, random], form, signature)) {
    return refuse("not_your_browser", { reason: "browser_key_forged" });
  }
  return { owner: createHash("sha256").update(key).digest("base64url") };
}
