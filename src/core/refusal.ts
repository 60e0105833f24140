/**
 * Every refusal and its one table to the wire.
 *
 * A refusal is a value, never an exception. `code` is stable and public; `detail` may be shown to
 * the caller; `reason` is for our log alone and may say more than the caller is allowed to know.
 */
export interface Refusal<Code extends RefusalCode = RefusalCode> {
  readonly refused: Code;
  readonly detail?: string;
  readonly reason?: string;
  /** Whole seconds to wait, for codes that carry `Retry-After`. */
  readonly retryAfterS?: number;
}

/** `status` is the HTTP status, `result` the number that `POST /qrcode/verify` answers with. */
interface Wire {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 410 | 413 | 426 | 429 | 500 | 503;
  readonly result: number;
  readonly title: string;
}

const wire = {
  bad_request: { status: 400, result: -1, title: "The request is malformed." },
  missing_field: { status: 400, result: -2, title: "A required field is empty." },
  not_watched: { status: 409, result: -3, title: "No browser waits on this code." },
  unknown_uuid: { status: 404, result: -4, title: "This code was not made here." },
  expired: { status: 410, result: -5, title: "This code is too old." },
  already_used: { status: 409, result: -6, title: "This code was used already." },
  account_disabled: { status: 403, result: -7, title: "This account is disabled." },
  account_deleted: { status: 403, result: -8, title: "This account was deleted." },
  bad_credentials: { status: 401, result: -9, title: "Wrong username or password." },
  unauthenticated: { status: 401, result: -9, title: "Sign in first." },
  not_your_browser: { status: 403, result: -1, title: "This login belongs to another browser." },
  claimed_by_other: { status: 409, result: -6, title: "Somebody else scanned this code first." },
  not_scanned: { status: 409, result: -1, title: "Scan the code first." },
  cancelled: { status: 410, result: -5, title: "This login was cancelled." },
  bad_ticket: { status: 403, result: -1, title: "This ticket is not valid." },
  rate_limited: { status: 429, result: -11, title: "Too many attempts. Wait a little." },
  too_far: { status: 403, result: -12, title: "The phone is too far from the browser." },
  foreign_origin: { status: 403, result: -1, title: "This call must come from our own pages." },
  not_found: { status: 404, result: -1, title: "There is nothing at this address." },
  method_not_allowed: { status: 405, result: -1, title: "This address takes another method." },
  too_large: { status: 413, result: -1, title: "The request is too large." },
  upgrade_required: { status: 426, result: -1, title: "Open this address as a WebSocket." },
  internal: { status: 500, result: -1, title: "Something broke on our side." },
  unavailable: { status: 503, result: -13, title: "Not available right now. Try again shortly." },
} as const satisfies Record<string, Wire>;

export type RefusalCode = keyof typeof wire;

export const refusalCodes = Object.keys(wire) as RefusalCode[];

/** What the contract's table says of a code. */
export function wireOf(code: RefusalCode): Wire {
  return wire[code];
}

export function refuse<Code extends RefusalCode>(
  refused: Code,
  more: Omit<Refusal, "refused"> = {},
): Refusal<Code> {
  return { refused, ...more };
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === "object" && value !== null && "refused" in value;
}
