/** Any OIDC issuer's access or id token, checked against its published keys (RFC 7517, RFC 9068). */
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from "jose";
import type { IdentityConfig } from "../config.ts";
import { RETRY_AFTER_S } from "../limits.ts";
import type { User } from "../login/machine.ts";
import { refuse, type Refusal } from "../login/refusal.ts";
import { avatarOrNone } from "./avatar.ts";
import type { IdentityAdapter } from "./identity.ts";

type JwksConfig = Extract<IdentityConfig, { kind: "jwks" }>;

/** One key set per URL and isolate; it holds no login's state, so losing it costs one fetch. */
const keySets = new Map<string, JWTVerifyGetKey>();

export function jwksIdentity(config: JwksConfig): IdentityAdapter {
  const keys = keySetOf(config.url);
  return {
    async authenticate(token) {
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer: config.issuer,
          audience: config.audience,
          algorithms: config.algorithms,
          requiredClaims: ["sub", "exp"],
        });
        return userOf(payload);
      } catch (error) {
        return isAboutTheToken(error)
          ? refuse("unauthenticated", { reason: error.code })
          : refuse("unavailable", { reason: String(error), retryAfterS: RETRY_AFTER_S });
      }
    },
  };
}

function keySetOf(url: string): JWTVerifyGetKey {
  let keys = keySets.get(url);
  if (keys === undefined) {
    keys = createRemoteJWKSet(new URL(url));
    keySets.set(url, keys);
  }
  return keys;
}

/** Told apart from an issuer that is down or broken: only the former is the phone's fault. */
function isAboutTheToken(error: unknown): error is errors.JOSEError {
  return (
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWTExpired ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  );
}

function userOf(payload: JWTPayload): User | Refusal {
  const { sub, name, preferred_username, email, picture } = payload;
  if (!sub) return refuse("unauthenticated", { reason: "no sub" });
  const shown = [name, preferred_username, email, sub].find(
    (it) => typeof it === "string" && it !== "",
  );
  return { sub, name: String(shown), ...avatarOrNone(picture) };
}
