/** Invented uuids: refused before any object is woken. */
import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { mintBrowserKey } from "../../src/login/browser-key.ts";
import { deriveKeys } from "../../src/core/keys.ts";
import { mintUuid } from "../../src/login/uuid.ts";
import { Browser, newAccount, phoneOf } from "../support/worker/parties.ts";
import { withBindings } from "../support/worker/stages.ts";

const objects = async () => (await listDurableObjectIds(env.LOGIN)).length;

test("5 invented uuids: no call wakes an object for a uuid that was not minted here, even with a user's token", async () => {
  const account = await newAccount();
  const phone = await phoneOf(account);
  const browser = new Browser();
  const uuids = [
    "",
    "1",
    "é",
    "a".repeat(5000),
    crypto.randomUUID(),
    ...Array.from({ length: 20 }, invented),
  ];
  for (const uuid of uuids) {
    browser.cookies.clear();
    if (uuid.length === 36) browser.cookies.set(`__Host-login-${uuid}`, keyFor(uuid));
    const responses = [
      await phone.scan(uuid),
      await phone.confirm(uuid),
      await phone.cancel(uuid),
      await phone.check(uuid),
      await phone.openSocket(uuid),
      await browser.check(uuid),
      await browser.openSocket(uuid),
      await browser.redeem(uuid, { ticket: "a.b", time: 1 }),
      await browser.post("/login/verify", { uuid, code: "1" }),
      await browser.fetch(`/qrcode/scan?uuid=${uuid}`),
    ];
    for (const { status } of responses) expect([400, 404, 413]).toContain(status);
    const { username: UserName, password: Password } = account;
    await browser.post("/qrcode/verify", { UUID: uuid, UserName, Password, Platform: "test" });
  }
  expect(await objects()).toBe(0);
});

test("5 invented uuids: 10,000 invented uuids leave no object", { timeout: 60_000 }, async () => {
  const browser = new Browser({ via: withBindings({}) });
  const before = await objects();
  for (let i = 0; i < 10_000; i += 100) {
    const batch = Array.from({ length: 100 }, () => browser.check(invented()));
    for (const { status } of await Promise.all(batch)) expect(status).toBe(404);
  }
  expect(await objects()).toBe(before);
});

test("5 invented uuids: minting 50 codes leaves no object", async () => {
  const browser = new Browser();
  const before = await objects();
  for (let i = 0; i < 50; i++) await browser.mint();
  expect(await objects()).toBe(before);
});

test("5 invented uuids: probing a minted uuid that nobody watches stores nothing: no row, no table, no alarm", async () => {
  const { uuid } = await new Browser().mint();
  const phone = await phoneOf(await newAccount());
  await phone.scan(uuid);
  await phone.check(uuid);
  await phone.cancel(uuid);
  await runInDurableObject(env.LOGIN.getByName(uuid), async (_, { storage }) => {
    expect(await storage.getAlarm()).toBeNull();
    expect([...storage.kv.list()]).toEqual([]);
    expect(storage.sql.exec("SELECT name FROM sqlite_master").toArray()).toEqual([]);
  });
});

test("5 invented uuids: a uuid too old to be going on wakes no object either", async () => {
  const before = await objects();
  const uuid = mintUuid(deriveKeys(env.SECRET).uuid, Date.now() - 271_000);
  const browser = new Browser();
  browser.cookies.set(`__Host-login-${uuid}`, keyFor(uuid));
  expect((await browser.check(uuid)).status).toBe(410);
  expect(await objects()).toBe(before);
});

/** Looks minted just now; only the signature is a guess. */
function invented(): string {
  const uuid = mintUuid(deriveKeys("another deployment's own and private 9xQ2").uuid, Date.now());
  return uuid.slice(0, 26) + randomBytes(5).toString("hex");
}

function keyFor(uuid: string): string {
  return mintBrowserKey(deriveKeys(env.SECRET).browser, uuid);
}
