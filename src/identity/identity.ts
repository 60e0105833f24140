/** Who is on the phone: the adapter every kind of identity implements, and the choice of one. */
import type { Config } from "../config.ts";
import type { User } from "../login/machine.ts";
import type { Refusal } from "../core/refusal.ts";
import { accountsIdentity } from "./accounts.ts";
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

export function identityOf(config: Config, env: Env): IdentityAdapter {
  const { identity } = config;
  switch (identity.kind) {
    case "accounts":
      return accountsIdentity(env.DB, config.keys.account);
    case "jwks":
      return jwksIdentity(identity);
    case "introspection":
      return introspectionIdentity(identity);
    case "service":
      return serviceIdentity(identity.service);
  }
}
