/**
 * The JWTs we issue ourselves (RFC 7519, RFC 8725): the session cookie and the built-in accounts'
 * token. HS256 with a derived key of its own each, so neither passes for the other.
 */
import { errors, jwtVerify, SignJWT } from "jose";
import * as v from "valibot";
import type { Ring } from "../core/keys.ts";
import type { User } from "../core/user.ts";
import { avatarOrNone } from "./avatar.ts";

const told = v.object({
  email: v.exactOptional(v.string()),
  emailVerified: v.exactOptional(v.boolean()),
  preferredUsername: v.exactOptional(v.string()),
  locale: v.exactOptional(v.string()),
});

/** What sites may be told of a user besides the name and the picture. */
export type Told = v.InferOutput<typeof told>;

const claims = v.object({
  sub: v.pipe(v.string(), v.nonEmpty()),
  name: v.string(),
  avatar: v.optional(v.string()),
  told: v.optional(told),
  iat: v.number(),
  exp: v.number(),
});

export interface Token {
  readonly user: User;
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/**
 * @param now milliseconds since the epoch
 * @param more kept as well, for sites that this token may answer
 */
export function issueToken(
  ring: Ring,
  user: User,
  ttlS: number,
  now: number,
  more?: Told,
): Promise<string> {
  const issuedAt = Math.floor(now / 1000);
  const { name, avatar } = user;
  return new SignJWT({ name, ...(avatar && { avatar }), ...(more && { told: more }) })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject(user.sub)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ttlS)
    .sign(ring[0]);
}

/** @returns nothing for a token that is forged, expired, or made for another purpose */
export async function readToken(
  ring: Ring,
  token: string,
  now: number,
): Promise<Token | undefined> {
  for (const key of ring) {
    try {
      const options = { algorithms: ["HS256"], currentDate: new Date(now) };
      const { payload } = await jwtVerify(token, key, options);
      const read = v.safeParse(claims, payload);
      if (!read.success) return undefined;
      const { sub, name, avatar, told: more, iat, exp } = read.output;
      const user = { sub, name, ...avatarOrNone(avatar), ...more };
      return { user, issuedAt: iat, expiresAt: exp };
    } catch (error) {
      // Only a wrong signature is worth another key; anything that is no JWT error is a bug.
      if (error instanceof errors.JWSSignatureVerificationFailed) continue;
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
  return undefined;
}
