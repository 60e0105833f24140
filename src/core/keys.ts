/**
 * One secret, one derived key per purpose (HKDF-SHA256, RFC 5869), so that what is signed for one
 * purpose is worth nothing for another. `SECRET_PREVIOUS` still verifies: a secret rolls with
 * nobody logged out, and what only a dropped secret signed is void.
 *
 * node:crypto because it is synchronous: a login object signs between load and tell, where there
 * must be no await.
 */
import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/**
 * What is signed: "user" is the name of a user's object, "code" an authorization code, "pushed" a
 * request that a site pushed.
 */
type Purpose =
  | "uuid"
  | "browser"
  | "ticket"
  | "session"
  | "account"
  | "user"
  | "refresh"
  | "code"
  | "pushed";

/** The first key signs; every one of them verifies. */
export type Ring = readonly [Uint8Array, ...Uint8Array[]];
export type Keys = Readonly<Record<Purpose, Ring>>;

export function deriveKeys(secret: string, previous?: string): Keys {
  const ring = (purpose: Purpose): Ring => [
    derive(secret, purpose),
    ...(previous === undefined ? [] : [derive(previous, purpose)]),
  ];
  return {
    uuid: ring("uuid"),
    browser: ring("browser"),
    ticket: ring("ticket"),
    session: ring("session"),
    account: ring("account"),
    user: ring("user"),
    refresh: ring("refresh"),
    code: ring("code"),
    pushed: ring("pushed"),
  };
}

/** How a signature is written: how many bytes of the HMAC, in which alphabet. */
export interface Form {
  readonly bytes: number;
  readonly encoding: "hex" | "base64url";
}

/** HMAC-SHA256 over the parts. Lengths are signed along, so no two lists of parts look alike. */
export function sign(ring: Ring, parts: readonly string[], form: Form): string {
  return mac(ring[0], parts, form);
}

/**
 * Text is compared, not decoded bytes: base64url has several spellings of the same bytes, and
 * only one of them is ours. Constant time for every text of the right length.
 */
export function verify(ring: Ring, parts: readonly string[], form: Form, given: string): boolean {
  const bytes = Buffer.from(given);
  return ring.some((key) => {
    const expected = Buffer.from(mac(key, parts, form));
    return expected.length === bytes.length && timingSafeEqual(expected, bytes);
  });
}

function derive(secret: string, purpose: Purpose): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, "scan-login", purpose, 32));
}

function mac(key: Uint8Array, parts: readonly string[], { bytes, encoding }: Form): string {
  // One text and one update: each call into the hash costs more than the hashing.
  const text = parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join("");
  return createHmac("sha256", key).update(text).digest().subarray(0, bytes).toString(encoding);
}
