/** Who is on the phone: the adapter of the configured kind of identity. */
import type { Ring } from "../core/keys.ts";
import { accountsIdentity } from "./accounts.ts";
import type { IdentityAdapter } from "./adapter.ts";
import type { IdentityConfig } from "./config.ts";
import { introspectionIdentity } from "./introspection.ts";
import { jwksIdentity } from "./jwks.ts";
import { serviceIdentity } from "./service.ts";

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
