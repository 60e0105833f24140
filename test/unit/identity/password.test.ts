import { scryptSync } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { hashPassword, nobodysHash, passwordMatches } from "../../../src/identity/password.ts";

const password = "corréct horse 电池";
let hash = "";

beforeAll(async () => {
  hash = await hashPassword(password);
});

test("a hash matches its password and no other", async () => {
  expect(await passwordMatches(password, hash)).toBe(true);
  for (const wrong of [`${password} `, password.toUpperCase(), ""]) {
    expect(await passwordMatches(wrong, hash)).toBe(false);
  }
});

test("a password matches however its accents were typed", async () => {
  expect(password.normalize("NFD")).not.toBe(password);
  expect(await passwordMatches(password.normalize("NFD"), hash)).toBe(true);
});

test("a hash is scrypt at N=2^15, r=8, p=3 over 16 bytes of salt, 32 bytes long, and says so", () => {
  const [, name, cost, salt = "", key = "", ...rest] = hash.split("$");
  expect([name, cost, rest]).toEqual(["scrypt", "ln=15,r=8,p=3", []]);
  const raw = Buffer.from(salt, "base64url");
  expect(raw).toHaveLength(16);
  const how = { N: 2 ** 15, r: 8, p: 3, maxmem: 2 ** 26 };
  const expected = scryptSync(password.normalize("NFKC"), raw, 32, how);
  expect(key).toBe(expected.toString("base64url"));
});

test("two hashes of one password differ", async () => {
  const second = await hashPassword(password);
  expect(second).not.toBe(hash);
  expect(second.split("$")[3]).not.toBe(hash.split("$")[3]);
});

test("an older, cheaper hash still matches: its cost is its own", async () => {
  const salt = Buffer.alloc(16, 7);
  const key = scryptSync("old", salt, 32, { N: 2 ** 12, r: 8, p: 1 });
  const old = `$scrypt$ln=12,r=8,p=1$${salt.toString("base64url")}$${key.toString("base64url")}`;
  expect(await passwordMatches("old", old)).toBe(true);
  expect(await passwordMatches("new", old)).toBe(false);
});

test("nobody's hash asks for the same work, and matches nothing typed", async () => {
  expect(nobodysHash.split("$").slice(0, 3)).toEqual(hash.split("$").slice(0, 3));
  expect(nobodysHash).toHaveLength(hash.length);
  expect(await passwordMatches("", nobodysHash)).toBe(false);
  expect(await passwordMatches("password", nobodysHash)).toBe(false);
});

describe("an unreadable hash matches no password", () => {
  const broken: [string, (hash: string) => string][] = [
    ["empty", () => ""],
    ["the password itself", () => password],
    ["another scheme", (text) => text.replace("scrypt", "argon2id")],
    ["no cost", (text) => text.replace("ln=15,r=8,p=3$", "")],
    ["a shortened key", (text) => text.slice(0, -1)],
    ["a lengthened key", (text) => `${text}A`],
    ["no key", (text) => text.slice(0, -43)],
    ["something before it", (text) => ` ${text}`],
    ["a line after it", (text) => `${text}\n`],
  ];

  test.each(["ln=0,r=8,p=1", "ln=99,r=8,p=1", "ln=31,r=8,p=1", "ln=15,r=0,p=1", "ln=15,r=8,p=0"])(
    "a cost that cannot be had: %s",
    async (cost) => {
      const impossible = hash.replace("ln=15,r=8,p=3", cost);
      expect(await passwordMatches(password, impossible)).toBe(false);
    },
  );

  test.each(broken)("%s", async (_, breaking) => {
    expect(await passwordMatches(password, breaking(hash))).toBe(false);
    expect(await passwordMatches("", breaking(hash))).toBe(false);
  });
});
