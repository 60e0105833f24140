import type { Refusal } from "../core/refusal.ts";
import type { User } from "../core/user.ts";

/** What every kind of identity implements. */
export interface IdentityAdapter {
  /**
   * @param token as presented in `Authorization: Bearer` (RFC 6750)
   * @returns the user; or `unauthenticated`, or `unavailable` when the issuer cannot be asked.
   * Never throws, and never passes what it could not check.
   */
  authenticate(token: string): Promise<User | Refusal>;
}
