/** Any OIDC issuer's access or id token, checked against its published keys (RFC 7517, RFC 9068). */
import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTVerifyGetKey } from "jose";
import type { IdentityConfig } from "../config.ts";
import { refuse } from "../core/refusal.ts";
import { userFromClaims } from "./claims.ts";
import type { IdentityAdapter } from "./identity.ts";
import { askIssuer, issuerUnavailable } from "./outbound.ts";

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
        return userFromClaims(payload);
      } catch (error) {
        return isAboutTheToken(error)
          ? refuse("unauthenticated", { reason: error.code })
          : issuerUnavailable(error);
      }
    },
  };
}

function keySetOf(url: string): JWTVerifyGetKey {
  let keys = keySets.get(url);
  if (keys === undefined) {
    // An unknown key id asks the issuer again, at most every 30 s (jose's cooldown): a rotation is
    // followed within that time, and made-up key ids do not hammer the issuer.
    keys = createRemoteJWKSet(new URL(url), { [customFetch]: askIssuer });
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
