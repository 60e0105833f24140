/**
 * Everything a deployment may set, read once and checked. Each room reads its own variables; here
 * they are put together, or become one sentence that says what to do and stops the Worker.
 */
import * as v from "valibot";
import { deriveKeys, type Keys } from "./core/keys.ts";
import { readSecrets } from "./core/secret.ts";
import {
  count,
  DAY_S,
  isMisconfigured,
  readSettings,
  text,
  type Misconfigured,
} from "./core/settings.ts";
import { readIdentity, type IdentityConfig } from "./identity/config.ts";
import { readLoginConfig, type LoginConfig } from "./login/config.ts";

export interface Config extends LoginConfig {
  readonly siteName: string | undefined;
  /** What the site's own app is called. */
  readonly appName: string | undefined;
  /** Opens that app; `{url}` in it stands for the scanned address. */
  readonly appUrl: string | undefined;
  readonly keys: Keys;
  readonly sessionTtlS: number;
  /** How old a session may be that answers a site without a scan; 0: none does. */
  readonly ssoTtlS: number;
  readonly accountTtlS: number;
  readonly identity: IdentityConfig;
}

const schema = v.object({
  SITE_NAME: v.optional(text),
  APP_NAME: v.optional(text),
  APP_URL: v.optional(v.pipe(text, v.regex(/^$|^https:\/\/[^/?#{}]+([/?#]|$)/, "an https URL"))),
  SESSION_TTL_S: v.optional(count(60, 400 * DAY_S), 7 * DAY_S),
  SSO_TTL_S: v.optional(count(0, 400 * DAY_S), 0),
  ACCOUNT_TTL_S: v.optional(count(60, 400 * DAY_S), 30 * DAY_S),
});

const known = new WeakMap<object, Config | Misconfigured>();

/** @param env the Worker's bindings; the answer is remembered for as long as they are */
export function configOf(env: object): Config | Misconfigured {
  let config = known.get(env);
  if (config === undefined) {
    config = read({ ...env });
    known.set(env, config);
  }
  return config;
}

/** For an object, which only ever runs behind a Worker that is configured. */
export function usableConfigOf(env: object): Config {
  const config = configOf(env);
  if (isMisconfigured(config)) throw new Error(config.misconfigured);
  return config;
}

function read(given: Readonly<Record<string, unknown>>): Config | Misconfigured {
  const secrets = readSecrets(given);
  if (isMisconfigured(secrets)) return secrets;
  const set = readSettings(schema, given);
  if (isMisconfigured(set)) return set;
  const login = readLoginConfig(given);
  if (isMisconfigured(login)) return login;
  const identity = readIdentity(given);
  if (isMisconfigured(identity)) return identity;
  return {
    ...login,
    siteName: set.SITE_NAME || undefined,
    appName: set.APP_NAME || undefined,
    appUrl: set.APP_URL || undefined,
    keys: deriveKeys(secrets.current, secrets.previous),
    sessionTtlS: set.SESSION_TTL_S,
    ssoTtlS: set.SSO_TTL_S,
    accountTtlS: set.ACCOUNT_TTL_S,
    identity,
  };
}
