/** A refusal as RFC 9457 problem details: what every JSON call answers with. */
import { titleOf, type RefusalCode } from "../core/refusal.ts";
import type { Wire } from "./answering.ts";

type Status = 400 | 401 | 403 | 404 | 405 | 409 | 410 | 413 | 426 | 429 | 500 | 503;

/** The HTTP status of each code. */
export const statusOf = {
  bad_request: 400,
  missing_field: 400,
  not_watched: 409,
  unknown_uuid: 404,
  expired: 410,
  already_used: 409,
  account_disabled: 403,
  account_deleted: 403,
  bad_credentials: 401,
  unauthenticated: 401,
  not_your_browser: 403,
  claimed_by_other: 409,
  not_scanned: 409,
  cancelled: 410,
  bad_ticket: 403,
  bad_grant: 400,
  bad_client: 401,
  not_granted: 403,
  rate_limited: 429,
  too_far: 403,
  foreign_origin: 403,
  not_found: 404,
  method_not_allowed: 405,
  too_large: 413,
  upgrade_required: 426,
  internal: 500,
  unavailable: 503,
} as const satisfies Record<RefusalCode, Status>;

export const problem: Wire = (_, { refused: code, detail, retryAfterS }) => {
  const status = statusOf[code];
  const headers = new Headers({ "Content-Type": "application/problem+json" });
  if (retryAfterS !== undefined) headers.set("Retry-After", String(retryAfterS));
  if (status === 426) headers.set("Upgrade", "websocket");
  // RFC 9110, section 15.5.2: a 401 names the scheme that would help.
  if (status === 401) headers.set("WWW-Authenticate", "Bearer");
  const body = { title: titleOf(code), status, code, ...(detail !== undefined && { detail }) };
  return new Response(JSON.stringify(body), { status, headers });
};
