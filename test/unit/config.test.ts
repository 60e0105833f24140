import { describe, expect, test } from "vitest";
import { configOf, usableConfigOf, type Config } from "../../src/config.ts";

const SECRET = "unit-3Vb8Qz1LmXw6TnK0rYpJ5sHdG9cEaU2f";
const base = { SECRET, DB: {} };
const day = 86_400;

function fault(env: object): string | undefined {
  const config = configOf({ ...base, ...env });
  return "misconfigured" in config ? config.misconfigured : undefined;
}

test("with a secret and a database alone, everything has the documented default", () => {
  const { keys, ...rest } = usableConfigOf(base);
  expect(Object.keys(keys)).toHaveLength(9);
  expect(rest).toEqual({
    siteName: undefined,
    rules: {
      scanWithinMs: 120_000,
      confirmWithinMs: 60_000,
      redeemWithinMs: 30_000,
      codeWithinMs: 60_000,
      failuresMax: 5,
      proximity: "warn",
      farFromKm: 500,
      numberMatch: "auto",
    },
    loginMaxAgeS: 120 + 60 + 60 + 30,
    scanWithinS: 120,
    sessionTtlS: 7 * day,
    ssoTtlS: 0,
    accountTtlS: 30 * day,
    identity: { kind: "accounts" },
  });
});

const numbers: [name: string, min: number, max: number, read: (config: Config) => number][] = [
  ["SCAN_WITHIN_S", 1, 600, (config) => config.scanWithinS],
  ["SCAN_WITHIN_S", 1, 600, (config) => config.rules.scanWithinMs / 1000],
  ["CONFIRM_WITHIN_S", 1, 600, (config) => config.rules.confirmWithinMs / 1000],
  ["REDEEM_WITHIN_S", 1, 600, (config) => config.rules.redeemWithinMs / 1000],
  ["SSO_TTL_S", 0, 400 * day, (config) => config.ssoTtlS],
  ["SESSION_TTL_S", 60, 400 * day, (config) => config.sessionTtlS],
  ["ACCOUNT_TTL_S", 60, 400 * day, (config) => config.accountTtlS],
  ["FAR_FROM_KM", 1, 20_000, (config) => config.rules.farFromKm],
];

describe.each(numbers)("%s, from %i to %i", (name, min, max, read) => {
  test("takes both bounds, as text or number", () => {
    for (const value of [min, max, min + 1]) {
      expect(read(usableConfigOf({ ...base, [name]: value }))).toBe(value);
      expect(read(usableConfigOf({ ...base, [name]: String(value) }))).toBe(value);
    }
  });

  test("refuses what is outside of them, no whole number, or none at all, naming itself", () => {
    const wrong = [
      min - 1,
      max + 1,
      min + 0.5,
      -1,
      "",
      "soon",
      `${min} s`,
      NaN,
      Infinity,
      {},
      null,
    ];
    for (const value of wrong) {
      expect(fault({ [name]: value }), JSON.stringify(value)).toMatch(
        new RegExp(`^${name} is not usable: it must be a whole number from ${min} to ${max}\\.$`),
      );
    }
  });
});

const choices: [name: string, values: string[], read: (config: Config) => string][] = [
  ["PROXIMITY", ["off", "warn", "step_up", "deny"], (config) => config.rules.proximity],
  ["VERIFY", ["auto", "always"], (config) => config.rules.numberMatch],
];

describe.each(choices)("%s", (name, values, read) => {
  test("takes exactly its values", () => {
    for (const value of values) {
      expect(read(usableConfigOf({ ...base, [name]: value }))).toBe(value);
    }
    for (const wrong of ["", "OFF", "none", " warn", "Always", true, 1]) {
      expect(fault({ [name]: wrong }), String(wrong)).toMatch(new RegExp(`^${name} is not usable`));
    }
  });
});

test("the greatest age of a login counts the confirm time twice, as the code has it again", () => {
  const env = { ...base, SCAN_WITHIN_S: "1", CONFIRM_WITHIN_S: "20", REDEEM_WITHIN_S: "300" };
  expect(usableConfigOf(env).loginMaxAgeS).toBe(341);
});

test("APP_NAME and APP_URL are optional, and empty is none", () => {
  const set = { APP_NAME: "Acme", APP_URL: "https://acme.example/scan?code={url}" };
  expect(usableConfigOf({ ...base, ...set })).toMatchObject({
    appName: set.APP_NAME,
    appUrl: set.APP_URL,
  });
  const none = usableConfigOf({ ...base, APP_NAME: "", APP_URL: "" });
  expect([none.appName, none.appUrl]).toEqual([undefined, undefined]);
  for (const APP_URL of [
    "acme.example",
    "http://acme.example",
    "javascript:alert(1)",
    "https://",
    "https://{url}",
  ]) {
    expect(fault({ APP_URL })).toBe("APP_URL is not usable: it must be an https URL.");
  }
});

test("SITE_NAME is optional, and empty is none", () => {
  expect(usableConfigOf({ ...base, SITE_NAME: "Bücher & Co" }).siteName).toBe("Bücher & Co");
  expect(usableConfigOf({ ...base, SITE_NAME: "" }).siteName).toBeUndefined();
  expect(fault({ SITE_NAME: 7 })).toMatch(/^SITE_NAME is not usable/);
});

describe("IDENTITY", () => {
  const issuer = {
    IDENTITY: "jwks",
    JWKS_URL: "https://issuer.test/keys",
    JWKS_ISSUER: "https://issuer.test",
    JWKS_AUDIENCE: "our-app",
  };

  test("accounts needs the database", () => {
    expect(fault({ IDENTITY: "accounts" })).toBeUndefined();
    expect(fault({ DB: undefined })).toBe('IDENTITY is "accounts": no D1 database is bound as DB.');
  });

  test("an unknown kind is refused, naming itself", () => {
    for (const kind of ["", "none", "JWKS", "accounts "]) {
      expect(fault({ IDENTITY: kind })).toMatch(/^IDENTITY is not usable/);
    }
  });

  test("jwks needs no database, and pins three algorithms by default", () => {
    expect(usableConfigOf({ SECRET, ...issuer }).identity).toEqual({
      kind: "jwks",
      url: "https://issuer.test/keys",
      issuer: "https://issuer.test",
      audience: "our-app",
      algorithms: ["RS256", "ES256", "EdDSA"],
    });
  });

  test.each(["JWKS_URL", "JWKS_ISSUER", "JWKS_AUDIENCE"])("jwks needs %s", (name) => {
    for (const value of [undefined, ""]) {
      expect(fault({ ...issuer, [name]: value })).toMatch(
        new RegExp(`^IDENTITY is "jwks": ${name} is not usable: it must be `),
      );
    }
  });

  test.each([
    "issuer.test",
    "ftp://issuer.test",
    "file:///keys",
    "javascript:keys",
    "//issuer.test",
  ])("JWKS_URL is not %s", (url) => {
    expect(fault({ ...issuer, JWKS_URL: url })).toMatch(/JWKS_URL is not usable/);
  });

  test.each([
    "http://issuer.test/keys",
    "http://192.168.1.2/keys",
    "http://localhost.issuer.test/keys",
  ])("JWKS_URL is not %s: who can change it on the way signs in as anybody", (url) => {
    expect(fault({ ...issuer, JWKS_URL: url })).toMatch(/JWKS_URL is not usable/);
  });

  test.each(["http://localhost:9000/keys", "http://127.0.0.1:9000/keys", "http://[::1]/keys"])(
    "JWKS_URL may be %s, which leaves no machine",
    (url) => {
      expect(fault({ ...issuer, JWKS_URL: url })).toBeUndefined();
    },
  );

  test("takes every asymmetric algorithm, separated by commas or spaces", () => {
    const list = "RS256 RS384,RS512, PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519";
    const { identity } = usableConfigOf({ ...base, ...issuer, JWKS_ALGORITHMS: list });
    expect(identity).toMatchObject({ algorithms: list.split(/[ ,]+/) });
  });

  test.each([
    "HS256",
    "HS384",
    "HS512",
    "none",
    "RS256, HS256",
    "ES256 none",
    "rs256",
    "",
    "RS256,",
  ])(
    "refuses the algorithms %j: with a shared one a public key would pass for a secret",
    (algorithms) => {
      expect(fault({ ...issuer, JWKS_ALGORITHMS: algorithms })).toMatch(
        /^IDENTITY is "jwks": JWKS_ALGORITHMS/,
      );
    },
  );

  const introspection = {
    IDENTITY: "introspection",
    INTROSPECTION_URL: "https://issuer.test/introspect",
    INTROSPECTION_CLIENT_ID: "our-client",
    INTROSPECTION_CLIENT_SECRET: "unit-client-credential",
    INTROSPECTION_AUDIENCE: "our-app",
  };

  test("introspection needs its four settings, and names what is missing", () => {
    expect(usableConfigOf({ SECRET, ...introspection }).identity).toEqual({
      kind: "introspection",
      url: "https://issuer.test/introspect",
      clientId: "our-client",
      clientSecret: "unit-client-credential",
      audience: "our-app",
    });
    for (const name of Object.keys(introspection).slice(1)) {
      for (const value of [undefined, ""]) {
        const sentence = fault({ ...introspection, [name]: value });
        expect(sentence).toMatch(new RegExp(`^IDENTITY is "introspection": ${name} is not usable`));
        expect(sentence).not.toContain("unit-client-credential");
      }
    }
    expect(fault({ ...introspection, INTROSPECTION_URL: "http://issuer.test" })).toBeDefined();
  });

  test("service needs its binding", () => {
    const service = { authenticate: () => null };
    const env = { SECRET, IDENTITY: "service", IDENTITY_SERVICE: service };
    expect(usableConfigOf(env).identity).toEqual({ kind: "service", service });
    expect(fault({ IDENTITY: "service" })).toBe(
      'IDENTITY is "service": no service is bound as IDENTITY_SERVICE.',
    );
  });
});

test("27 what is told: a sentence about an unusable variable never repeats what it was set to", () => {
  const leak = "hunter2-hunter2";
  const wrong = {
    JWKS_URL: `ftp://user:${leak}@issuer.test`,
    JWKS_ALGORITHMS: leak,
    INTROSPECTION_URL: `http://user:${leak}@issuer.test`,
    IDENTITY: leak,
    PROXIMITY: leak,
    VERIFY: leak,
    SCAN_WITHIN_S: leak,
  };
  for (const [name, value] of Object.entries(wrong)) {
    const kind = name.startsWith("JWKS") ? "jwks" : "introspection";
    const identity = /^(JWKS|INTRO)/.test(name) ? { IDENTITY: kind } : {};
    const needed = {
      JWKS_URL: "https://issuer.test",
      JWKS_ISSUER: "i",
      JWKS_AUDIENCE: "a",
      INTROSPECTION_CLIENT_ID: "c",
      INTROSPECTION_CLIENT_SECRET: "s",
      INTROSPECTION_AUDIENCE: "a",
    };
    const sentence = fault({ ...needed, ...identity, [name]: value });
    expect(sentence, name).toContain(`${name} is not usable`);
    expect(sentence, name).not.toContain(leak);
  }
});
