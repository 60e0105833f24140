/** `npm run -s keys`: what it prints is a SIGNING_KEYS that works, and rolls. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { signingKeysFrom, type Jwks } from "../../support/signing-keys.ts";

const folder = mkdtempSync(join(tmpdir(), "keys-"));
afterAll(() => rmSync(folder, { recursive: true }));

function keys(...args: string[]) {
  const run = spawnSync(process.execPath, ["src/local/keys.ts", ...args], { encoding: "utf8" });
  return { said: run.stdout, complained: run.stderr, code: run.status };
}

function made(...args: string[]): Jwks {
  const { said, complained, code } = keys(...args);
  expect([code, complained]).toEqual([0, ""]);
  expect(said).toMatch(/^\{"keys":.*\}\n$/);
  return JSON.parse(said) as Jwks;
}

test("one key for RS256 of 2048 bits comes out, another each time", async () => {
  const [a, b] = [made(), made()];
  expect(a.keys).toMatchObject([{ kty: "RSA", alg: "RS256", use: "sig" }]);
  expect(Buffer.from(String(a.keys[0]?.["n"]), "base64url")).toHaveLength(256);
  expect(a.keys[0]?.["n"]).not.toBe(b.keys[0]?.["n"]);
  expect((await signingKeysFrom(a)).algorithms).toEqual(["RS256"]);
});

test("--alg ES256 makes one of the curve P-256", async () => {
  expect((await signingKeysFrom(made("--alg", "ES256"))).algorithms).toEqual(["ES256"]);
});

test("--keep puts the public halves of the keys of before after the new one, so that it fits a secret", () => {
  const before = made();
  const file = join(folder, "before.json");
  writeFileSync(file, JSON.stringify(before));
  const both = made("--keep", file);
  expect(both.keys).toHaveLength(2);
  expect(both.keys[1]).toMatchObject({ kid: before.keys[0]?.["kid"], n: before.keys[0]?.["n"] });
  expect(both.keys[1]).not.toHaveProperty("d");
  // A secret of a Worker is 5 KB at most.
  writeFileSync(file, JSON.stringify(both));
  const three = made("--keep", file);
  expect(three.keys).toHaveLength(3);
  expect(JSON.stringify(three).length).toBeLessThan(5000);
});

test.each([
  [["--alg", "HS256"], /--alg is one of RS256, ES256/],
  [["--alg"], /--alg/],
  [["--size", "1024"], /--size/],
  [["--keep", "/nowhere/keys.json"], /no such file/],
  [["--keep", "package.json"], /The keys to keep are not usable: it must be a JSON Web Key set/],
])("%j prints no key and says why", (args, why) => {
  const { said, complained, code } = keys(...args);
  expect([said, code]).toEqual(["", 1]);
  expect(complained).toMatch(why);
  expect(complained).toContain("Usage: npm run -s keys");
});
