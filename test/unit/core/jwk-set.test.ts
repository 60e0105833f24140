/** What SIGNING_KEYS may hold; and a sentence that quotes none of it, for what it may not. */
import { generateKeyPair, exportJWK } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { readJwkSet, readPublicJwks } from "../../../src/core/jwk-set.ts";
import { signingKeysOf } from "../../../src/core/signing-keys.ts";
import { newJwks, type Jwks } from "../../support/signing-keys.ts";

type Key = Record<string, unknown>;

let rsa: Key = {};
let ec: Key = {};
beforeAll(async () => {
  [rsa = {}] = (await newJwks()).keys;
  [ec = {}] = (await newJwks("ES256")).keys;
});

const text = (...keys: unknown[]) => JSON.stringify({ keys });
const without = (key: Key, ...names: string[]) =>
  Object.fromEntries(Object.entries(key).filter(([name]) => !names.includes(name)));

async function sentence(given: unknown): Promise<string> {
  const keys = await signingKeysOf({ SIGNING_KEYS: given });
  return "misconfigured" in keys ? keys.misconfigured : "";
}

describe("a set of signing keys", () => {
  test("is read in its order, each with its public half apart", () => {
    const set = readJwkSet(text(rsa, ec));
    expect(set).toMatchObject([
      { publicJwk: { kty: "RSA", alg: "RS256", use: "sig", kid: rsa["kid"] } },
      { publicJwk: { kty: "EC", alg: "ES256", use: "sig", kid: ec["kid"] } },
    ]);
  });

  test("publishes exactly the public members, whatever else stands beside them", () => {
    const all = { ...rsa, oth: [], key_ops: ["sign"], note: "ours", x5c: ["x"] };
    expect(readPublicJwks(text(all, ec))).toEqual([
      without(rsa, "d", "p", "q", "dp", "dq", "qi"),
      without(ec, "d"),
    ]);
  });

  test("of eight keys is read, and of nine refused", async () => {
    const sets: Jwks[] = await Promise.all(Array.from({ length: 9 }, () => newJwks("ES256")));
    const keys = sets.flatMap((set) => set.keys);
    expect(readJwkSet(text(...keys.slice(1)))).toHaveLength(8);
    expect(readJwkSet(text(...keys))).toMatch(/^it must be a JSON Web Key set/);
  });

  test("takes later keys by their public half alone, and the first one never", () => {
    const old = without(ec, "d");
    expect(readJwkSet(text(rsa, old))).toHaveLength(2);
    expect(readJwkSet(text(old, rsa))).toBe("its first key, which signs, has no private half");
    for (const half of ["d", "p", "q", "dp", "dq", "qi"]) {
      expect(readJwkSet(text(without(rsa, half)))).toMatch(/^its first key/);
    }
  });
});

const notASet = /^SIGNING_KEYS is not usable: it must be a JSON Web Key set, .*npm run -s keys/;
const notAKey =
  /^SIGNING_KEYS is not usable: its key number 2 must be an RSA key for RS256 or a P-256 key for ES256, with alg and kid\. Make them with .*npm run -s keys/;

describe("SIGNING_KEYS", () => {
  test.each([undefined, ""])("missing (%j) is said as such, with what to do", async (given) => {
    expect(await sentence(given)).toMatch(
      /^SIGNING_KEYS is missing\. Make them with `npm run -s keys/,
    );
  });

  test.each([
    "x",
    "[]",
    "{}",
    "null",
    '{"keys":{}}',
    '{"keys":[]}',
    '{"keys":"a"}',
    7,
    { keys: [] },
  ])("that is %j is no set", async (given) => {
    expect(await sentence(given)).toMatch(notASet);
  });

  const keys: [what: string, key: () => unknown][] = [
    ["nothing", () => null],
    ["a key of two curves", () => ({ ...ec, crv: "P-384" })],
    ["a shared secret", () => ({ kty: "oct", alg: "HS256", kid: "a", k: "c2VjcmV0" })],
    ["an RSA key for HS256", () => ({ ...rsa, alg: "HS256" })],
    ["an RSA key for none", () => ({ ...rsa, alg: "none" })],
    ["an RSA key for ES256", () => ({ ...rsa, alg: "ES256" })],
    ["a key without alg", () => without(rsa, "alg")],
    ["a key without kid", () => without(rsa, "kid")],
    ["a key with an empty kid", () => ({ ...rsa, kid: "" })],
    ["a key whose kid is a path", () => ({ ...rsa, kid: "../../etc/passwd" })],
    ["a key for encryption", () => ({ ...rsa, use: "enc" })],
    ["a modulus that is no base64url", () => ({ ...rsa, n: "a b" })],
  ];

  test.each(keys)("with %s as its second key is refused", async (_, key) => {
    expect(await sentence(text(ec, key()))).toMatch(notAKey);
  });

  test("with an RSA key of 2047 bits is refused, leading zeros or not", async () => {
    const short = "7".padStart(512, "0").replace(/^0+/, "") + "f".repeat(511);
    for (const hex of [short, `0000${short}`]) {
      const n = Buffer.from(hex, "hex").toString("base64url");
      expect(await sentence(text({ ...rsa, n }))).toMatch(
        /its key number 1 must have 2048 bits or more\. Make/,
      );
    }
  });

  test("with one kid twice is refused: a token names its key by it", async () => {
    expect(await sentence(text(rsa, { ...ec, kid: rsa["kid"] }))).toMatch(/two of its keys/);
  });

  test("with a point that is not on the curve is refused", async () => {
    const broken = { ...ec, x: ec["y"] };
    expect(await sentence(text(broken))).toMatch(/it has a key that cannot be imported \(\w+\)/);
  });

  test("with a private half of another key is refused", async () => {
    const { privateKey } = await generateKeyPair("ES256", { extractable: true });
    const { d } = await exportJWK(privateKey);
    const other = await newJwks();
    const mixed = { ...rsa, n: other.keys[0]?.["n"] };
    for (const bad of [{ ...ec, d }, mixed]) {
      expect(await sentence(text(bad))).toMatch(/do not belong together|cannot be imported/);
    }
  });

  test("is never quoted in a sentence", async () => {
    const values = ["d", "n", "p", "q", "kid"].map((name) => String(rsa[name]));
    for (const bad of [
      text(rsa, rsa),
      text({ ...rsa, alg: "none" }),
      text({ ...rsa, n: "AQAB" }),
      text({ ...ec, x: ec["y"] }),
      `${text(rsa)}}`,
    ]) {
      const said = await sentence(bad);
      expect(said).toMatch(/^SIGNING_KEYS is not usable/);
      for (const value of values) expect(said).not.toContain(value.slice(0, 8));
    }
  });
});
