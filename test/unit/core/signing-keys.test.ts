/** What is signed for sites: by the first key, checked by all, whatever a token says of its key. */
import {
  base64url,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  jwtVerify,
  SignJWT,
  type JWTPayload,
} from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { configOf } from "../../../src/config.ts";
import { signingKeysOf, type Expected, type SigningKeys } from "../../../src/core/signing-keys.ts";
import { newJwks, signingKeysFrom, type Jwks } from "../../support/signing-keys.ts";

const issuer = "https://login.example";
const now = 1_800_000_000_000;
const iat = now / 1000;
const claims = { iss: issuer, aud: "acme", sub: "ada", iat, exp: iat + 300 };
const expected: Expected = { typ: "JWT", issuer, audience: "acme", now };

let jwks: Jwks;
let keys: SigningKeys;
beforeAll(async () => {
  jwks = await newJwks();
  keys = await signingKeysFrom(jwks);
});

const claimsOf = (token: unknown) => keys.verify(String(token), expected);

/** By the deployment's own key, but with this header and these claims. */
async function forged(header: object, payload: JWTPayload = claims): Promise<string> {
  const key = await importJWK(jwks.keys[0] ?? {}, "RS256");
  const all = { alg: "RS256", kid: String(jwks.keys[0]?.["kid"]), typ: "JWT", ...header };
  return new SignJWT(payload).setProtectedHeader(all).sign(key);
}

describe.each(["RS256", "ES256"] as const)("a token signed with %s", (alg) => {
  test("names its key and its type, and any client can check it with what is published", async () => {
    const own = await signingKeysFrom(await newJwks(alg));
    const token = await own.sign(claims, "at+jwt");
    const [jwk] = own.publicJwks.keys;
    expect(decodeProtectedHeader(token)).toEqual({ alg, kid: jwk?.kid, typ: "at+jwt" });
    const { payload } = await jwtVerify(token, await importJWK({ ...jwk }, alg), {
      currentDate: new Date(now),
    });
    expect(payload).toEqual(claims);
    expect(await own.verify(token, { ...expected, typ: "at+jwt" })).toEqual(claims);
    expect(own.algorithms).toEqual([alg]);
  });
});

describe("a token of ours is refused", () => {
  const wrong: [what: string, more: Partial<Expected>, reason: string][] = [
    ["as another type", { typ: "at+jwt" }, "token_invalid"],
    ["for another issuer", { issuer: "https://login.example/" }, "token_invalid"],
    ["for another audience", { audience: "acm" }, "token_invalid"],
    ["from its last second on", { now: (iat + 300) * 1000 }, "token_expired"],
  ];
  test.each(wrong)("%s", async (_, more, reason) => {
    const token = await keys.sign(claims, "JWT");
    expect(await keys.verify(token, { ...expected, ...more })).toEqual({
      refused: "unauthenticated",
      reason,
    });
  });

  test("without a time at which it is over", async () => {
    const { exp: _, ...endless } = claims;
    expect(await keys.verify(await keys.sign(endless, "JWT"), expected)).toMatchObject({
      reason: "token_invalid",
    });
  });

  test("in any altered place", async () => {
    const token = await keys.sign(claims, "JWT");
    for (let i = 0; i < token.length; i += 7) {
      const other = token[i] === "A" ? "B" : "A";
      const altered = token.slice(0, i) + other + token.slice(i + 1);
      expect(await keys.verify(altered, expected), String(i)).toMatchObject({
        refused: "unauthenticated",
      });
    }
  });
});

test("a hint may be over, if it is right in everything else", async () => {
  const later = { ...expected, now: now + 86_400_000, evenExpired: true };
  expect(await keys.verify(await keys.sign(claims, "JWT"), later)).toEqual(claims);
  const { audience: _, ...anyAudience } = later;
  expect(await keys.verify(await keys.sign(claims, "JWT"), anyAudience)).toEqual(claims);
  for (const more of [{ typ: "at+jwt" }, { issuer: "https://other.example" }, { audience: "b" }]) {
    const answer = await keys.verify(await keys.sign(claims, "JWT"), {
      ...later,
      ...more,
    } as Expected);
    expect(answer).toMatchObject({ reason: "token_invalid" });
  }
});

describe("36 key confusion: a token is refused", () => {
  const invalid = { refused: "unauthenticated", reason: "token_invalid" };

  test("the helper that forges makes good ones, too", async () => {
    expect(await claimsOf(await forged({}))).toEqual(claims);
  });

  test("unsigned", async () => {
    const [header, payload] = [{ alg: "none", typ: "JWT", kid: jwks.keys[0]?.["kid"] }, claims].map(
      (part) => base64url.encode(JSON.stringify(part)),
    );
    for (const token of [`${header}.${payload}.`, `${header}.${payload}`]) {
      expect(await claimsOf(token)).toEqual(invalid);
    }
  });

  test("by HS256 with what is published as its secret", async () => {
    const [jwk] = keys.publicJwks.keys;
    for (const secret of [
      JSON.stringify(jwk),
      JSON.stringify(keys.publicJwks),
      String(jwks.keys[0]?.["n"]),
    ]) {
      const token = new SignJWT(claims)
        .setProtectedHeader({ alg: "HS256", kid: String(jwk?.kid), typ: "JWT" })
        .sign(new TextEncoder().encode(secret));
      expect(await claimsOf(await token)).toEqual(invalid);
    }
  });

  test("by our key under another algorithm", async () => {
    const key = await importJWK({ ...jwks.keys[0], alg: "PS256" }, "PS256");
    const token = new SignJWT(claims)
      .setProtectedHeader({ alg: "PS256", kid: String(jwks.keys[0]?.["kid"]), typ: "JWT" })
      .sign(key);
    expect(await claimsOf(await token)).toEqual(invalid);
  });

  test.each([undefined, "", "../keys", "__proto__", "constructor", "0", "a' OR '1'='1"])(
    "whose kid is %j",
    async (kid) => {
      expect(await claimsOf(await forged({ kid }))).toEqual(invalid);
    },
  );

  test("by a stranger's key, that it brings along or says where to find", async () => {
    const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
    const jwk = await exportJWK(publicKey);
    for (const more of [
      {},
      { jwk },
      { jku: "https://evil.example/keys" },
      { x5u: "https://evil.example/cert" },
      { jwk, kid: "stranger" },
    ]) {
      const token = new SignJWT(claims)
        .setProtectedHeader({
          alg: "RS256",
          kid: String(jwks.keys[0]?.["kid"]),
          typ: "JWT",
          ...more,
        })
        .sign(privateKey);
      expect(await claimsOf(await token)).toEqual(invalid);
    }
  });

  test("by one of our keys under the name of another", async () => {
    const second = await newJwks();
    const both = await signingKeysFrom(jwks, second);
    const token = await forged({ kid: String(second.keys[0]?.["kid"]) });
    expect(await both.verify(token, expected)).toEqual(invalid);
  });

  test.each(["", ".", "..", "a.b.c", "a".repeat(9000), "é.é.é", "null"])(
    "that is %j",
    async (token) => {
      expect(await claimsOf(token)).toEqual(invalid);
    },
  );
});

describe("rolling the keys", () => {
  test("the new one comes first and signs; what the old one signed still verifies", async () => {
    const fresh = await newJwks("ES256");
    const both = await signingKeysFrom(fresh, jwks);
    const old = await keys.sign(claims, "JWT");
    expect(await both.verify(old, expected)).toEqual(claims);
    const token = await both.sign(claims, "JWT");
    expect(decodeProtectedHeader(token).kid).toBe(fresh.keys[0]?.["kid"]);
    expect(both.algorithms).toEqual(["ES256", "RS256"]);
    expect(new Set(both.publicJwks.keys.map(({ kid }) => kid)).size).toBe(2);
  });

  test("the old one's public half, as it was published, is enough", async () => {
    const published = JSON.parse(JSON.stringify(keys.publicJwks)) as Jwks;
    const both = await signingKeysFrom(await newJwks(), published);
    expect(await both.verify(await keys.sign(claims, "JWT"), expected)).toEqual(claims);
    expect(both.algorithms).toEqual(["RS256"]);
  });

  test("what a dropped one signed is void", async () => {
    const fresh = await signingKeysFrom(await newJwks());
    expect(await fresh.verify(await keys.sign(claims, "JWT"), expected)).toMatchObject({
      refused: "unauthenticated",
    });
  });
});

test("what is published lets nobody sign", () => {
  for (const jwk of keys.publicJwks.keys) {
    expect(Object.keys(jwk).sort()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
  }
});

test("the keys are read once for each set of bindings, and only when they are asked for", async () => {
  const env = { SIGNING_KEYS: JSON.stringify(jwks) };
  expect(signingKeysOf(env)).toBe(signingKeysOf(env));
  const SECRET = "unit-3Vb8Qz1LmXw6TnK0rYpJ5sHdG9cEaU2f";
  expect(configOf({ SECRET, DB: {}, SIGNING_KEYS: "nonsense" })).not.toHaveProperty(
    "misconfigured",
  );
});
