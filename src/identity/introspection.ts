/** Opaque tokens, of which only their issuer knows what they are worth (RFC 7662). */
import type { IdentityConfig } from "../config.ts";
import { refuse } from "../core/refusal.ts";
import { userFromClaims } from "./claims.ts";
import type { IdentityAdapter } from "./identity.ts";
import { askIssuer, issuerUnavailable } from "./outbound.ts";

type IntrospectionConfig = Extract<IdentityConfig, { kind: "introspection" }>;

export function introspectionIdentity(config: IntrospectionConfig): IdentityAdapter {
  return {
    async authenticate(token) {
      let claims: unknown;
      try {
        const answer = await askIssuer(config.url, {
          method: "POST",
          headers: { Authorization: basic(config), Accept: "application/json" },
          body: new URLSearchParams({ token, token_type_hint: "access_token" }),
        });
        claims = await answer.json();
      } catch (error) {
        return issuerUnavailable(error);
      }
      if (!isRecord(claims) || typeof claims["active"] !== "boolean") {
        return issuerUnavailable("not an introspection answer");
      }
      // RFC 7662, section 4: an issuer may leave these to us; what it says of them is held to.
      if (!claims["active"]) return refuse("unauthenticated", { reason: "inactive" });
      if (hasExpired(claims)) return refuse("unauthenticated", { reason: "expired" });
      if (!isMeantForUs(claims, config.audience)) {
        return refuse("unauthenticated", { reason: "another audience" });
      }
      return userFromClaims(claims);
    },
  };
}

/** RFC 6749, section 2.3.1: both parts are form-encoded before they are joined. */
function basic({ clientId, clientSecret }: IntrospectionConfig): string {
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
  return `Basic ${btoa(pair)}`;
}

function hasExpired({ exp }: Record<string, unknown>): boolean {
  return exp !== undefined && !(typeof exp === "number" && exp * 1000 > Date.now());
}

function isMeantForUs({ aud }: Record<string, unknown>, audience: string): boolean {
  return Array.isArray(aud) ? aud.includes(audience) : aud === audience;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
