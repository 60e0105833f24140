/** A set of signing keys as JSON (RFC 7517, RFC 7518): what is in it, or what is wrong with it. */
import * as v from "valibot";

/** RS256 is what every client can check (OpenID Connect Core, section 15.1). */
export const signingAlgorithms = ["RS256", "ES256"] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

interface Named<Alg extends SigningAlgorithm> {
  readonly kid: string;
  readonly alg: Alg;
  readonly use: "sig";
}

/** As published: no member that anybody could sign with. */
export type PublicJwk =
  | (Named<"RS256"> & { readonly kty: "RSA"; readonly n: string; readonly e: string })
  | (Named<"ES256"> & {
      readonly kty: "EC";
      readonly crv: "P-256";
      readonly x: string;
      readonly y: string;
    });

export interface SigningJwk {
  readonly publicJwk: PublicJwk;
  /** Both halves, where the private one is there. */
  readonly privateJwk?: PublicJwk & Readonly<Record<string, string>>;
}

const KEYS_MAX = 8;
const RSA_MIN_BITS = 2048;

const base64url = v.pipe(v.string(), v.regex(/^[\w-]+$/));
const kid = v.pipe(v.string(), v.regex(/^[\w.-]{1,64}$/));
const use = v.optional(v.literal("sig"), "sig");

const rsa = v.object({
  kty: v.literal("RSA"),
  alg: v.literal("RS256"),
  kid,
  use,
  n: base64url,
  e: base64url,
});
const ec = v.object({
  kty: v.literal("EC"),
  alg: v.literal("ES256"),
  crv: v.literal("P-256"),
  kid,
  use,
  x: base64url,
  y: base64url,
});
const publicJwk = v.variant("kty", [rsa, ec]);

const privateMembers = {
  RSA: v.object({
    d: base64url,
    p: base64url,
    q: base64url,
    dp: base64url,
    dq: base64url,
    qi: base64url,
  }),
  EC: v.object({ d: base64url }),
} as const;

const set = v.object({ keys: v.pipe(v.array(v.unknown()), v.minLength(1), v.maxLength(KEYS_MAX)) });

/**
 * @returns the keys in their order, the first with its private half; or what is wrong, in words
 * that follow a name and quote nothing
 */
export function readJwkSet(given: unknown): readonly [SigningJwk, ...SigningJwk[]] | string {
  const keys = readJwks(given);
  if (typeof keys === "string") return keys;
  const [first, ...others] = keys;
  if (first?.privateJwk === undefined) return "its first key, which signs, has no private half";
  return [first, ...others];
}

/** @returns the public halves of all keys; or what is wrong, as above */
export function readPublicJwks(given: unknown): readonly PublicJwk[] | string {
  const keys = readJwks(given);
  return typeof keys === "string" ? keys : keys.map((key) => key.publicJwk);
}

function readJwks(given: unknown): readonly SigningJwk[] | string {
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), set), given);
  if (!read.success) {
    return `it must be a JSON Web Key set, {"keys": [...]}, of 1 to ${KEYS_MAX} keys`;
  }
  const keys: SigningJwk[] = [];
  for (const [index, jwk] of read.output.keys.entries()) {
    const key = readJwk(jwk);
    if (typeof key === "string") return `its key number ${index + 1} ${key}`;
    keys.push(key);
  }
  const kids = new Set(keys.map((key) => key.publicJwk.kid));
  return kids.size < keys.length ? "two of its keys have the same kid" : keys;
}

function readJwk(given: unknown): SigningJwk | string {
  const read = v.safeParse(publicJwk, given);
  if (!read.success)
    return "must be an RSA key for RS256 or a P-256 key for ES256, with alg and kid";
  const jwk = read.output;
  if (jwk.kty === "RSA" && bitsOf(jwk.n) < RSA_MIN_BITS) {
    return `must have ${RSA_MIN_BITS} bits or more`;
  }
  const secret = v.safeParse(privateMembers[jwk.kty], given);
  return { publicJwk: jwk, ...(secret.success && { privateJwk: { ...jwk, ...secret.output } }) };
}

/** Of a big-endian number; leading zeros do not count. */
function bitsOf(number: string): number {
  const hex = Buffer.from(number, "base64url").toString("hex");
  return BigInt(`0x0${hex}`).toString(2).length;
}
