/** Opaque tokens, of which only their issuer knows what they are worth (RFC 7662). */
import * as v from "valibot";
import { RETRY_AFTER_S } from "../core/limits.ts";
import { refuse, type Refusal } from "../core/refusal.ts";
import { isMisconfigured, readSettings, someText, type Misconfigured } from "../core/settings.ts";
import { userFromClaims } from "./claims.ts";
import type { IdentityAdapter } from "./adapter.ts";
import { issuerUrl } from "./issuer-url.ts";
import { askIssuer, issuerUnavailable, unusableAnswer } from "./outbound.ts";

export interface IntrospectionConfig {
  readonly kind: "introspection";
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly audience: string;
}

const schema = v.object({
  INTROSPECTION_URL: issuerUrl,
  INTROSPECTION_CLIENT_ID: someText,
  INTROSPECTION_CLIENT_SECRET: someText,
  INTROSPECTION_AUDIENCE: someText,
});

export function readIntrospection(
  given: Readonly<Record<string, unknown>>,
): IntrospectionConfig | Misconfigured {
  const set = readSettings(schema, given);
  if (isMisconfigured(set)) return set;
  return {
    kind: "introspection",
    url: set.INTROSPECTION_URL,
    clientId: set.INTROSPECTION_CLIENT_ID,
    clientSecret: set.INTROSPECTION_CLIENT_SECRET,
    audience: set.INTROSPECTION_AUDIENCE,
  };
}

export function introspectionIdentity(config: IntrospectionConfig): IdentityAdapter {
  return {
    async authenticate(token) {
      let answer: Response;
      try {
        answer = await askIssuer(config.url, {
          method: "POST",
          headers: { Authorization: basic(config), Accept: "application/json" },
          body: new URLSearchParams({ token, token_type_hint: "access_token" }),
        });
      } catch (error) {
        return issuerUnavailable(error);
      }
      const claims: unknown = await answer.json().catch(() => undefined);
      if (answer.status !== 200) return refusalFor(answer.status, claims);
      if (!isRecord(claims) || typeof claims["active"] !== "boolean") {
        return unusableAnswer();
      }
      // RFC 7662, section 4: an issuer may leave these checks to us.
      if (!claims["active"]) return refuse("unauthenticated", { reason: "token_inactive" });
      if (hasExpired(claims)) return refuse("unauthenticated", { reason: "token_expired" });
      if (!isMeantForUs(claims, config.audience)) {
        return refuse("unauthenticated", { reason: "token_audience" });
      }
      return userFromClaims(claims);
    },
  };
}

/**
 * What an answer other than 200 says of the token. A token that is merely worth nothing is answered
 * with 200 (RFC 7662, section 2.2), so here the question itself was refused. The token is the one
 * part of it that a caller chose, so a fault of form is the token's. Credentials, address and
 * allowance are ours, and about those a caller is told no more than "unavailable".
 */
function refusalFor(status: number, said: unknown): Refusal {
  const cause = `status ${status}`;
  if (faultsOfForm.has(status) && !isAboutUs(said)) {
    return refuse("unauthenticated", { reason: "token_invalid", cause });
  }
  return refuse("unavailable", {
    reason: "issuer_refuses_us",
    cause,
    retryAfterS: RETRY_AFTER_S,
  });
}

const faultsOfForm = new Set([400, 413, 422]);

/** RFC 6749, section 5.2, leaves it to the issuer to say this with 400 or with 401. */
function isAboutUs(said: unknown): boolean {
  const error = isRecord(said) ? said["error"] : undefined;
  return error === "invalid_client" || error === "unauthorized_client";
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
