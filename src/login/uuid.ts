/**
 * The uuid of a login: a version 8 UUID (RFC 9562, section 5.8) that verifies itself, so that
 * minting stores nothing and an invented uuid is refused before any object is woken.
 *
 *   32 bits  mint time, seconds since the epoch
 *   50 bits  random (around the version and variant bits)
 *   40 bits  HMAC-SHA256 over all of the above
 *
 * It is public, and proves only that it was minted here and when: 40 bits stop invention by guess
 * (each try is a request), and knowing one grants nothing.
 */
import { randomBytes } from "node:crypto";
import { CLOCK_SKEW_S } from "../core/limits.ts";
import { sign, verify, type Form, type Ring } from "../core/keys.ts";
import { refuse, type Refusal } from "../core/refusal.ts";

const form: Form = { bytes: 5, encoding: "hex" };
const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const HEAD_CHARS = 26;

/** Of the right shape, and nothing more: whether it was minted here is `verifyUuid`'s to say. */
export function isUuid(text: string): boolean {
  return shape.test(text);
}

/** @param now milliseconds since the epoch */
export function mintUuid(ring: Ring, now: number): string {
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, "0");
  const random = randomBytes(7).toString("hex");
  const variant = (8 + (Number.parseInt(random.charAt(13), 16) & 3)).toString(16);
  const head = [
    seconds,
    random.slice(0, 4),
    `8${random.slice(4, 7)}`,
    `${variant}${random.slice(7, 10)}`,
    random.slice(10, 12),
  ].join("-");
  return head + sign(ring, [head], form);
}

/**
 * @param maxAgeS no login of this uuid can still be going on after so many seconds
 * @returns when it was minted (milliseconds), or `unknown_uuid`, or `expired`
 */
export function verifyUuid(
  ring: Ring,
  uuid: string,
  now: number,
  maxAgeS: number,
): { readonly mintedAt: number } | Refusal {
  if (!shape.test(uuid)) return refuse("unknown_uuid", { reason: "uuid_malformed" });
  const signature = uuid.slice(HEAD_CHARS);
  if (!verify(ring, [uuid.slice(0, HEAD_CHARS)], form, signature)) {
    return refuse("unknown_uuid", { reason: "uuid_not_minted_here" });
  }
  const mintedAt = mintTimeOf(uuid);
  if (mintedAt > now + CLOCK_SKEW_S * 1000) {
    return refuse("unknown_uuid", { reason: "uuid_from_the_future" });
  }
  return now >= mintedAt + maxAgeS * 1000 ? refuse("expired") : { mintedAt };
}

/** Milliseconds since the epoch; for a uuid that was verified before. */
export function mintTimeOf(uuid: string): number {
  return Number.parseInt(uuid.slice(0, 8), 16) * 1000;
}
