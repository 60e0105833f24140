/** A refusal in OAuth's own words (RFC 6749, section 5.2; RFC 6750, section 3.1). */
import { titleOf, type Refusal, type RefusalCode } from "../../core/refusal.ts";
import { refuse } from "../../core/refusal.ts";
import type { Wire } from "../../http/answering.ts";

/** What several refusals of the core are called here, or what the core has no name for. */
export type OAuthError =
  | "invalid_request"
  | "invalid_client"
  | "invalid_grant"
  | "unauthorized_client"
  | "unsupported_grant_type"
  | "unsupported_response_type"
  | "invalid_scope"
  | "access_denied"
  | "login_required"
  | "request_not_supported"
  | "request_uri_not_supported"
  | "invalid_request_uri"
  | "registration_not_supported"
  | "invalid_token"
  | "insufficient_scope"
  | "temporarily_unavailable"
  | "server_error";

interface Named extends Refusal {
  readonly error: OAuthError;
}

/** @param detail for `error_description` */
export function refuseAs(error: OAuthError, detail: string, more: Omit<Refusal, "refused"> = {}) {
  return { ...refuse("bad_request", { detail, ...more }), error } satisfies Named;
}

/** What a refusal is called; the core's own codes are what a token call may meet. */
export function errorOf(refusal: Refusal): OAuthError {
  return (refusal as Partial<Named>).error ?? errors[refusal.refused] ?? "invalid_request";
}

const errors: Partial<Record<RefusalCode, OAuthError>> = {
  bad_client: "invalid_client",
  not_granted: "unauthorized_client",
  bad_grant: "invalid_grant",
  cancelled: "access_denied",
  unauthenticated: "invalid_token",
  rate_limited: "temporarily_unavailable",
  unavailable: "temporarily_unavailable",
  internal: "server_error",
};

const statuses: Partial<Record<OAuthError, 401 | 403 | 500 | 503>> = {
  invalid_client: 401,
  invalid_token: 401,
  insufficient_scope: 403,
  temporarily_unavailable: 503,
  server_error: 500,
};

/** JSON with `error`: what clients read. A 401 names the scheme that was tried (RFC 6749, 5.2). */
export const oauthError: Wire = (c, refusal) => {
  const error = errorOf(refusal);
  const headers = new Headers({ "Content-Type": "application/json" });
  const { retryAfterS } = refusal;
  if (retryAfterS !== undefined) headers.set("Retry-After", String(retryAfterS));
  const isBasic = c.req.header("Authorization")?.toLowerCase().startsWith("basic ");
  if (error === "invalid_client" && isBasic) headers.set("WWW-Authenticate", "Basic");
  const status = refusal.refused === "rate_limited" ? 429 : (statuses[error] ?? 400);
  const body = { error, error_description: descriptionOf(refusal) };
  return new Response(JSON.stringify(body), { status, headers });
};

/** The same where a Bearer token was to be shown: it goes into the challenge as well (RFC 6750). */
export const bearerError: Wire = async (c, refusal) => {
  const response = await oauthError(c, refusal);
  const error = errorOf(refusal);
  if (response.status !== 401 && response.status !== 403) return response;
  // Someone who sent no token is told of no error (section 3.1).
  const isMissing = refusal.reason === "token_missing";
  const challenge = isMissing
    ? "Bearer"
    : `Bearer error="${error}", error_description="${descriptionOf(refusal)}"`;
  response.headers.set("WWW-Authenticate", challenge);
  return response;
};

/** Only %x20-21 %x23-5B %x5D-7E (RFC 6749, appendix A.8). */
export function descriptionOf({ refused, detail }: Refusal): string {
  return (detail ?? titleOf(refused)).replaceAll(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, " ");
}
