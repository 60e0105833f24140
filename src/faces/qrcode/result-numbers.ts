import { titleOf, type RefusalCode } from "../../core/refusal.ts";
import type { Wire } from "../../http/answering.ts";

/**
 * `Result` of `POST /qrcode/verify`. 0 is success. -10 stays unused: it once meant "no such
 * account", and telling that from a wrong password lets strangers list accounts.
 */
export const resultOf = {
  bad_request: -1,
  missing_field: -2,
  not_watched: -3,
  unknown_uuid: -4,
  expired: -5,
  already_used: -6,
  account_disabled: -7,
  account_deleted: -8,
  bad_credentials: -9,
  unauthenticated: -9,
  not_your_browser: -1,
  claimed_by_other: -6,
  not_scanned: -1,
  cancelled: -5,
  bad_ticket: -1,
  bad_grant: -1,
  bad_client: -1,
  not_granted: -1,
  rate_limited: -11,
  too_far: -12,
  foreign_origin: -1,
  not_found: -1,
  method_not_allowed: -1,
  too_large: -1,
  upgrade_required: -1,
  internal: -1,
  unavailable: -13,
} as const satisfies Record<RefusalCode, number>;

/** A refusal in the words of `POST /qrcode/verify`. */
export const resultNumber: Wire = (c, { refused, detail, retryAfterS }) => {
  if (retryAfterS !== undefined) c.header("Retry-After", String(retryAfterS));
  return c.json({ Result: resultOf[refused], Message: detail ?? titleOf(refused) });
};
