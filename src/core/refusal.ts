/**
 * Every refusal there is. A refusal is a value, never an exception. Each protocol has its own table
 * from `refused` to its wire: `http/problem.ts` for RFC 9457, others beside their face.
 */
export interface Refusal<Code extends RefusalCode = RefusalCode> {
  /** Stable and public. */
  readonly refused: Code;
  /** Prose that the caller may see. */
  readonly detail?: string;
  /** For the log alone: stable, for alarms to match on, and more than the caller may know. */
  readonly reason?: RefusalReason;
  /** For the log alone: what somebody else said or sent that led here. */
  readonly cause?: string;
  /** Whole seconds to wait, for codes that carry `Retry-After`. */
  readonly retryAfterS?: number;
}

/** A code and what it means in a sentence. */
const titles = {
  bad_request: "The request is malformed.",
  missing_field: "A required field is empty.",
  not_watched: "No browser waits on this code.",
  unknown_uuid: "This code was not made here.",
  expired: "This code is too old.",
  already_used: "This code was used already.",
  account_disabled: "This account is disabled.",
  account_deleted: "This account was deleted.",
  bad_credentials: "Wrong username or password.",
  unauthenticated: "Sign in first.",
  not_your_browser: "This login belongs to another browser.",
  claimed_by_other: "Somebody else scanned this code first.",
  not_scanned: "Scan the code first.",
  cancelled: "This login was cancelled.",
  bad_ticket: "This ticket is not valid.",
  bad_grant: "This grant is not valid, or not any more.",
  bad_client: "This client is not known, or did not prove itself.",
  not_granted: "This client, or its token, may not do that.",
  rate_limited: "Too many attempts. Wait a little.",
  too_far: "The phone is too far from the browser.",
  foreign_origin: "This call must come from our own pages.",
  not_found: "There is nothing at this address.",
  method_not_allowed: "This address takes another method.",
  too_large: "The request is too large.",
  upgrade_required: "Open this address as a WebSocket.",
  internal: "Something broke on our side.",
  unavailable: "Not available right now. Try again shortly.",
} as const;

export type RefusalCode = keyof typeof titles;

export const refusalCodes = Object.keys(titles) as RefusalCode[];

export function titleOf(code: RefusalCode): string {
  return titles[code];
}

/** Why, as the log tells it. */
export type RefusalReason =
  // the uuid and its keys
  | "uuid_malformed"
  | "uuid_not_minted_here"
  | "uuid_from_the_future"
  | "browser_key_missing"
  | "browser_key_forged"
  // where the call came from, and how often
  | "origin_missing"
  | "origin_foreign"
  | "flood"
  | "guessing"
  | "passwords_busy"
  // who is on the phone
  | "token_missing"
  | "token_too_long"
  | "token_invalid"
  | "token_inactive"
  | "token_expired"
  | "token_audience"
  | "token_kind"
  | "token_without_sub"
  | "account_cookie_missing"
  | "account_missing"
  | "account_disabled"
  | "account_deleted"
  | "account_locked"
  | "password_wrong"
  | "credentials_unusable"
  | "nobody"
  // a grant, and the refresh token that stands for it
  | "refresh_forged"
  | "refresh_reused"
  | "refresh_never_given"
  | "refresh_of_other_client"
  | "grant_unknown"
  | "grant_over"
  | "grant_ended"
  // a site that asks, and its authorization code
  | "client_gone"
  | "client_unknown"
  | "client_unproven"
  | "client_proof_reused"
  | "request_differs"
  | "other_audience"
  | "code_forged"
  | "code_unknown"
  | "code_too_late"
  | "code_of_other_client"
  | "code_reused"
  | "redirect_uri_differs"
  | "verifier_wrong"
  // what could not be asked
  | "issuer_away"
  | "issuer_refuses_us"
  | "issuer_answer_unusable"
  | "database_away"
  | "client_row_unusable"
  | "object_away"
  | "browser_away";

export function refuse<Code extends RefusalCode>(
  refused: Code,
  more: Omit<Refusal, "refused"> = {},
): Refusal<Code> {
  return { refused, ...more };
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === "object" && value !== null && "refused" in value;
}
