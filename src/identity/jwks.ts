/** Any OIDC issuer's access or id token, checked against its published keys (RFC 7517, RFC 9068). */
import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTVerifyGetKey } from "jose";
import * as v from "valibot";
import { refuse } from "../core/refusal.ts";
import {
  isMisconfigured,
  readSettings,
  someText,
  text,
  type Misconfigured,
} from "../core/settings.ts";
import { userFromClaims } from "./claims.ts";
import type { IdentityAdapter } from "./adapter.ts";
import { issuerUrl } from "./issuer-url.ts";
import { askIssuer, IssuerFault, issuerUnavailable } from "./outbound.ts";

export interface JwksConfig {
  readonly kind: "jwks";
  readonly url: string;
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: string[];
  /** The one type of token that passes, in place of those that usually do. */
  readonly typ?: string;
}

/** Asymmetric ones only: with HS256 a public key could pass for a shared secret (RFC 8725, 3.1). */
const algorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
] as const;

/**
 * An issuer signs more than access and id tokens with one set of keys, and says which is which by
 * `typ` (RFC 8725, section 3.11). These are what access tokens (RFC 9068) and id tokens have;
 * many issuers leave it out.
 */
const usualTypes: ReadonlySet<unknown> = new Set([
  undefined,
  "application/jwt",
  "application/at+jwt",
]);

const schema = v.object({
  JWKS_URL: issuerUrl,
  JWKS_ISSUER: someText,
  JWKS_AUDIENCE: someText,
  JWKS_ALGORITHMS: v.optional(
    v.pipe(
      text,
      v.transform((list) => list.split(/[\s,]+/)),
      v.array(v.picklist(algorithms, `a list of ${algorithms.join(", ")}`)),
    ),
    "RS256, ES256, EdDSA",
  ),
  JWKS_TYP: v.optional(someText),
});

export function readJwks(given: Readonly<Record<string, unknown>>): JwksConfig | Misconfigured {
  const set = readSettings(schema, given);
  if (isMisconfigured(set)) return set;
  return {
    kind: "jwks",
    url: set.JWKS_URL,
    issuer: set.JWKS_ISSUER,
    audience: set.JWKS_AUDIENCE,
    algorithms: set.JWKS_ALGORITHMS,
    ...(set.JWKS_TYP !== undefined && { typ: set.JWKS_TYP }),
  };
}

/** One key set per URL and isolate; it holds no login's state, so losing it costs one fetch. */
const keySets = new Map<string, JWTVerifyGetKey>();

export function jwksIdentity(config: JwksConfig): IdentityAdapter {
  const keys = keySetOf(config.url);
  const types = config.typ === undefined ? usualTypes : new Set([mediaTypeOf(config.typ)]);
  return {
    async authenticate(token) {
      try {
        const { payload, protectedHeader } = await jwtVerify(token, keys, {
          issuer: config.issuer,
          audience: config.audience,
          algorithms: config.algorithms,
          requiredClaims: ["sub", "exp"],
        });
        if (!types.has(mediaTypeOf(protectedHeader.typ))) {
          return refuse("unauthenticated", { reason: "token_kind" });
        }
        return userFromClaims(payload);
      } catch (error) {
        return isAboutTheToken(error)
          ? refuse("unauthenticated", { reason: "token_invalid", cause: error.code })
          : issuerUnavailable(error);
      }
    },
  };
}

/** A media type is compared without case, and may leave out "application/" (RFC 7515, 4.1.9). */
function mediaTypeOf(typ: unknown): unknown {
  if (typeof typ !== "string") return typ;
  return (typ.includes("/") ? typ : `application/${typ}`).toLowerCase();
}

function keySetOf(url: string): JWTVerifyGetKey {
  let keys = keySets.get(url);
  if (keys === undefined) {
    // An unknown key id asks the issuer again, at most every 30 s (jose's cooldown): a rotation is
    // followed within that time, and made-up key ids do not hammer the issuer.
    keys = createRemoteJWKSet(new URL(url), { [customFetch]: fetchKeys });
    keySets.set(url, keys);
  }
  return keys;
}

async function fetchKeys(url: string, init: RequestInit): Promise<Response> {
  const answer = await askIssuer(url, init);
  if (answer.status !== 200) throw new IssuerFault(`status ${answer.status}`);
  return answer;
}

/** A bad token is the phone's fault; an issuer that is down or broken is not. */
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
