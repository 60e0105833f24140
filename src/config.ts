/**
 * Everything a deployment may set, read once and checked: from the variables in wrangler.toml and
 * the secrets. An unusable configuration is one sentence that says what to do, and stops the Worker.
 */
import * as v from "valibot";
import type { IdentityService } from "./identity/service.ts";
import { isLoopback } from "./core/hosts.ts";
import { deriveKeys, type Keys } from "./core/keys.ts";
import { forgetAt, type Rules } from "./login/machine.ts";

export interface Config {
  readonly siteName: string | undefined;
  readonly keys: Keys;
  readonly rules: Rules;
  /** After so many seconds no login of a uuid can still be going on. */
  readonly loginMaxAgeS: number;
  readonly scanWithinS: number;
  readonly sessionTtlS: number;
  readonly accountTtlS: number;
  readonly identity: IdentityConfig;
}

export type IdentityConfig =
  | { readonly kind: "accounts" }
  | {
      readonly kind: "jwks";
      readonly url: string;
      readonly issuer: string;
      readonly audience: string;
      readonly algorithms: string[];
    }
  | {
      readonly kind: "introspection";
      readonly url: string;
      readonly clientId: string;
      readonly clientSecret: string;
      readonly audience: string;
    }
  | { readonly kind: "service"; readonly service: IdentityService };

export interface Misconfigured {
  readonly misconfigured: string;
}

const SECRET_MIN_CHARS = 32;
const SECRET_MIN_DISTINCT_CHARS = 10;
const placeholder = /change|replace|placeholder|example|secret|password/i;
const howToSetSecret =
  "Make one with `openssl rand -base64 32` and set it with `npx wrangler secret put SECRET`; locally `npm start` makes one by itself.";

const seconds = (min: number, max: number) =>
  v.pipe(v.unknown(), v.transform(Number), v.integer(), v.minValue(min), v.maxValue(max));
const day = 86_400;

const secret = v.pipe(
  v.string(),
  v.minLength(SECRET_MIN_CHARS),
  v.check((text) => !placeholder.test(text)),
  v.check((text) => new Set(text).size >= SECRET_MIN_DISTINCT_CHARS),
);

/** Whoever can change what an issuer says on the way signs in as anybody: https, or this machine. */
const issuerUrl = v.pipe(
  v.string(),
  v.check((text) => {
    const url = URL.parse(text);
    return url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  }),
);

const variables = v.object({
  SITE_NAME: v.optional(v.string()),
  SCAN_WITHIN_S: v.optional(seconds(1, 600), 120),
  CONFIRM_WITHIN_S: v.optional(seconds(1, 600), 60),
  REDEEM_WITHIN_S: v.optional(seconds(1, 600), 30),
  SESSION_TTL_S: v.optional(seconds(60, 400 * day), 7 * day),
  ACCOUNT_TTL_S: v.optional(seconds(60, 400 * day), 30 * day),
  PROXIMITY: v.optional(v.picklist(["off", "warn", "step_up", "deny"]), "warn"),
  FAR_FROM_KM: v.optional(seconds(1, 20_000), 500),
  VERIFY: v.optional(v.picklist(["auto", "always"]), "auto"),
  IDENTITY: v.optional(v.picklist(["accounts", "jwks", "introspection", "service"]), "accounts"),
});

const jwks = v.object({
  JWKS_URL: issuerUrl,
  JWKS_ISSUER: v.pipe(v.string(), v.nonEmpty()),
  JWKS_AUDIENCE: v.pipe(v.string(), v.nonEmpty()),
  // Asymmetric ones only: with HS256 a public key could pass for a shared secret (RFC 8725, 3.1).
  JWKS_ALGORITHMS: v.optional(
    v.pipe(
      v.string(),
      v.transform((list) => list.split(/[\s,]+/)),
      v.array(
        v.picklist([
          "RS256",
          "RS384",
          "RS512",
          "PS256",
          "PS384",
          "PS512",
          "ES256",
          "ES384",
          "ES512",
          "EdDSA",
          "Ed25519",
        ]),
      ),
    ),
    "RS256, ES256, EdDSA",
  ),
});

const introspection = v.object({
  INTROSPECTION_URL: issuerUrl,
  INTROSPECTION_CLIENT_ID: v.pipe(v.string(), v.nonEmpty()),
  INTROSPECTION_CLIENT_SECRET: v.pipe(v.string(), v.nonEmpty()),
  INTROSPECTION_AUDIENCE: v.pipe(v.string(), v.nonEmpty()),
});

const FAILURES_MAX = 5;

const known = new WeakMap<object, Config | Misconfigured>();

/** @param env the Worker's bindings; the answer is remembered for as long as they are */
export function configOf(env: object): Config | Misconfigured {
  let config = known.get(env);
  if (config === undefined) {
    config = read(env);
    known.set(env, config);
  }
  return config;
}

/** For a login object, which only ever runs behind a Worker that is configured. */
export function usableConfigOf(env: object): Config {
  const config = configOf(env);
  if ("misconfigured" in config) throw new Error(config.misconfigured);
  return config;
}

function read(env: object): Config | Misconfigured {
  const given = { ...env } as Record<string, unknown>;
  // Set to nothing is not set: the key of an empty secret would be everybody's.
  const previous = given["SECRET_PREVIOUS"] === "" ? undefined : given["SECRET_PREVIOUS"];
  const fault =
    secretFault("SECRET", given["SECRET"]) ??
    (previous === undefined ? undefined : secretFault("SECRET_PREVIOUS", previous));
  if (fault) return { misconfigured: `${fault}. ${howToSetSecret}` };
  const vars = v.safeParse(variables, given);
  if (!vars.success) return { misconfigured: sentence(vars.issues) };
  const identity = readIdentity(vars.output.IDENTITY, given);
  if ("misconfigured" in identity) return identity;

  const set = vars.output;
  const rules: Rules = {
    scanWithinMs: set.SCAN_WITHIN_S * 1000,
    confirmWithinMs: set.CONFIRM_WITHIN_S * 1000,
    redeemWithinMs: set.REDEEM_WITHIN_S * 1000,
    failuresMax: FAILURES_MAX,
    proximity: set.PROXIMITY,
    farFromKm: set.FAR_FROM_KM,
    verify: set.VERIFY,
  };
  return {
    siteName: set.SITE_NAME || undefined,
    keys: deriveKeys(given["SECRET"] as string, previous as string | undefined),
    rules,
    loginMaxAgeS: forgetAt({ mintedAt: 0 }, rules) / 1000,
    scanWithinS: set.SCAN_WITHIN_S,
    sessionTtlS: set.SESSION_TTL_S,
    accountTtlS: set.ACCOUNT_TTL_S,
    identity,
  };
}

function readIdentity(
  kind: IdentityConfig["kind"],
  given: Record<string, unknown>,
): IdentityConfig | Misconfigured {
  switch (kind) {
    case "accounts":
      if (given["DB"]) return { kind };
      return { misconfigured: 'IDENTITY is "accounts" but no D1 database is bound as DB.' };
    case "jwks": {
      const set = v.safeParse(jwks, given);
      if (!set.success) return { misconfigured: `IDENTITY is "jwks": ${sentence(set.issues)}` };
      return {
        kind,
        url: set.output.JWKS_URL,
        issuer: set.output.JWKS_ISSUER,
        audience: set.output.JWKS_AUDIENCE,
        algorithms: set.output.JWKS_ALGORITHMS,
      };
    }
    case "introspection": {
      const set = v.safeParse(introspection, given);
      if (!set.success) {
        return { misconfigured: `IDENTITY is "introspection": ${sentence(set.issues)}` };
      }
      return {
        kind,
        url: set.output.INTROSPECTION_URL,
        clientId: set.output.INTROSPECTION_CLIENT_ID,
        clientSecret: set.output.INTROSPECTION_CLIENT_SECRET,
        audience: set.output.INTROSPECTION_AUDIENCE,
      };
    }
    case "service": {
      const service = given["IDENTITY_SERVICE"];
      if (service) return { kind, service: service as IdentityService };
      return {
        misconfigured: 'IDENTITY is "service" but no service is bound as IDENTITY_SERVICE.',
      };
    }
  }
}

function secretFault(name: string, given: unknown): string | undefined {
  if (given === undefined || given === "") return `${name} is missing`;
  if (typeof given === "string" && given.length < SECRET_MIN_CHARS) return `${name} is too short`;
  return v.is(secret, given) ? undefined : `${name} is a placeholder, not a secret`;
}

function sentence(issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): string {
  const [issue] = issues;
  return `${v.getDotPath(issue)} is set to something unusable (${issue.message}).`;
}
