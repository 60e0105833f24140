/** Who is on the phone: the adapter every kind of identity implements, and the choice of one. */
import type { Ring } from "../core/keys.ts";
import type { User } from "../core/user.ts";
import type { Refusal } from "../core/refusal.ts";
import { accountsIdentity } from "./accounts.ts";
import type { IdentityConfig } from "./config.ts";
import { introspectionIdentity } from "./introspection.ts";
import { jwksIdentity } from "./jwks.ts";
import { serviceIdentity } from "./service.ts";

export interface IdentityAdapter {
  /**
   * @param token as presented in `Authorization: Bearer` (RFC 6750)
   * @returns the user; or `unauthenticated`, or `unavailable` when the issuer can not be asked.
   * Never throws, and never passes what it could not check.
   */
  authenticate(token: string): Promise<User | Refusal>;
}

/** @param own what the built-in accounts stand on: their table, and the keys of their tokens */
export function identityOf(
  identity: IdentityConfig,
  own: { readonly db: D1Database; readonly ring: Ring },
): IdentityAdapter {
  switch (identity.kind) {
    case "accounts":
      return accountsIdentity(own.db, own.ring);
    case "jwks":
      return jwksIdentity(identity);
    case "introspection":
      return introspectionIdentity(identity);
    case "service":
      return serviceIdentity(identity.service);
  }
}
