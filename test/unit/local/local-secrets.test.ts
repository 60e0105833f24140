/** The secrets of this machine: made once, kept, and of use. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { afterAll, expect, test } from "vitest";
import { configOf } from "../../../src/config.ts";
import { signingKeysOf } from "../../../src/core/signing-keys.ts";
import { demoClient } from "../../../src/local/demo-client.ts";
import { localSecrets } from "../../../src/local/local-secrets.ts";

const folder = mkdtempSync(join(tmpdir(), "secrets-"));
afterAll(() => rmSync(folder, { recursive: true }));
const read = (file: string) => parseEnv(readFileSync(file, "utf8"));

test("where there is nothing, all are made at random, for this user's eyes alone, and are usable", async () => {
  const file = join(folder, "fresh");
  const { signingKeys, demoSecret } = await localSecrets(file);
  const { SECRET, SIGNING_KEYS, DEMO_SITE_SECRET } = read(file);
  expect(DEMO_SITE_SECRET).toBe(demoSecret);
  expect(demoClient(demoSecret)).toMatchObject({ id: "demo", secret: demoSecret });
  expect(SIGNING_KEYS).toBe(signingKeys);
  expect(configOf({ SECRET, DB: {} })).not.toHaveProperty("misconfigured");
  expect(await signingKeysOf({ SIGNING_KEYS })).toMatchObject({ algorithms: ["RS256"] });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a second start keeps them, to the last byte", async () => {
  const file = join(folder, "kept");
  const made = await localSecrets(file);
  const before = readFileSync(file, "utf8");
  expect(await localSecrets(file)).toEqual(made);
  expect(readFileSync(file, "utf8")).toBe(before);
});

test("what stands there already stays, also a last line without an end", async () => {
  const file = join(folder, "before");
  writeFileSync(file, "SECRET=mine\nOTHER=1");
  await localSecrets(file);
  const { SIGNING_KEYS, DEMO_SITE_SECRET: _, ...rest } = read(file);
  expect(rest).toEqual({ SECRET: "mine", OTHER: "1" });
  expect(SIGNING_KEYS).toContain('"kty":"RSA"');
});
