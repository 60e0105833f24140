/** Which kind of identity vouches for the phone, and what that kind needs to be told. */
import * as v from "valibot";
import {
  choice,
  isMisconfigured,
  misconfigured,
  readSettings,
  type Misconfigured,
} from "../core/settings.ts";
import { readAccounts, type AccountsConfig } from "./accounts.ts";
import { readIntrospection, type IntrospectionConfig } from "./introspection.ts";
import { readJwks, type JwksConfig } from "./jwks.ts";
import { readService, type ServiceConfig } from "./service.ts";

export type IdentityConfig = AccountsConfig | JwksConfig | IntrospectionConfig | ServiceConfig;

/** Each kind reads its own variables. */
const kinds = {
  accounts: readAccounts,
  jwks: readJwks,
  introspection: readIntrospection,
  service: readService,
} as const;

const schema = v.object({
  IDENTITY: v.optional(choice(Object.keys(kinds) as (keyof typeof kinds)[]), "accounts"),
});

export function readIdentity(
  given: Readonly<Record<string, unknown>>,
): IdentityConfig | Misconfigured {
  const set = readSettings(schema, given);
  if (isMisconfigured(set)) return set;
  const read = kinds[set.IDENTITY](given);
  if (!isMisconfigured(read)) return read;
  return misconfigured(`IDENTITY is "${set.IDENTITY}": ${read.misconfigured}`);
}
