/** What one login costs, counted: requests to the Worker, requests to its object, rows written. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { Browser, newAccount, Phone, phoneOf, type Listener } from "../support/worker/parties.ts";
import { counting, countRows } from "../support/worker/bill.ts";
import { at, later, stored } from "../support/worker/stages.ts";

/** A browser that loaded the page, and the app of a user; nothing but the minting is done yet. */
async function parties() {
  const { bill, via } = counting();
  const { token } = await phoneOf(await newAccount());
  const browser = new Browser({ via });
  const phone = new Phone(token, { via });
  await (await browser.fetch("/")).text();
  const [cookie = ""] = browser.cookies.keys();
  const uuid = cookie.replace("__Host-login-", "");
  await countRows(env.LOGIN.getByName(uuid), bill);
  return { bill, browser, phone, uuid };
}

async function finish(browser: Browser, phone: Phone, uuid: string, listener: Listener) {
  await phone.confirm(uuid);
  await browser.redeem(uuid, await listener.until("confirmed"));
}

test("one quick login costs 5 requests to the Worker, 4 to its object, and 4 rows with the alarm's", async () => {
  const { bill, browser, phone, uuid } = await parties();
  const listener = await browser.listen(uuid);
  await phone.scan(uuid);
  await finish(browser, phone, uuid, listener);
  await listener.closed;
  expect(browser.cookies.has("__Host-session")).toBe(true);
  expect(bill).toEqual({
    workerRequests: 5,
    objectRequests: ["fetch", "asPhone", "asPhone", "redeem"],
    rows: ["alarm", "put", "put", "put"],
  });
});

test("a browser that waits costs no row and no request, and hears nothing it did not ask for", async () => {
  const { bill, browser, uuid } = await parties();
  const listener = await browser.listen(uuid);
  const before = structuredClone(bill);
  for (let i = 0; i < 10; i++) await listener.caughtUp();
  expect(bill).toEqual(before);
  expect(listener.heard).toHaveLength(1);
});

test("a browser that comes back, checks and repeats costs requests but not one row", async () => {
  const { bill, browser, phone, uuid } = await parties();
  const listener = await browser.listen(uuid);
  for (let i = 0; i < 3; i++) {
    await browser.check(uuid);
    await browser.listen(uuid);
    await phone.scan(uuid);
    await phone.check(uuid);
  }
  for (let i = 0; i < 3; i++) await phone.confirm(uuid);
  await finish(browser, phone, uuid, listener);
  expect(bill.rows).toHaveLength(4);
});

test("a login that is slow at each step costs 6 rows: its alarm is set three times", async () => {
  const { bill, browser, phone, uuid } = await parties();
  const listener = await browser.listen(uuid);
  await later(110, () => phone.scan(uuid));
  await ringInTime(uuid);
  await later(165, () => phone.confirm(uuid));
  await ringInTime(uuid);
  const confirmed = await listener.until("confirmed");
  const redeemed = await later(190, () => browser.redeem(uuid, confirmed));
  expect(redeemed.status).toBe(200);
  await ringInTime(uuid);
  expect(await stored(uuid)).toBeUndefined();
  expect(bill.rows).toEqual(["alarm", "put", "alarm", "put", "alarm", "put"]);
});

test("a login that is denied costs 3 rows", async () => {
  const { bill, browser, phone, uuid } = await parties();
  const listener = await browser.listen(uuid);
  await phone.scan(uuid);
  await phone.cancel(uuid);
  await listener.closed;
  await ringInTime(uuid);
  expect(await stored(uuid)).toBeUndefined();
  expect(bill.rows).toEqual(["alarm", "put", "put"]);
});

test("a ticket that comes too late costs the row that notes it, and no session is given", async () => {
  const { bill, browser, phone, uuid } = await parties();
  const listener = await browser.listen(uuid);
  await phone.scan(uuid);
  await phone.confirm(uuid);
  const confirmed = await listener.until("confirmed");
  const late = await later(31, () => browser.redeem(uuid, confirmed));
  expect(late.status).toBe(410);
  await ringInTime(uuid);
  expect(await stored(uuid)).toBeUndefined();
  expect(bill.rows).toEqual(["alarm", "put", "put", "put"]);
});

test("a code that nobody scans and whose page polls costs 2 rows", async () => {
  const { bill, browser, uuid } = await parties();
  for (let i = 0; i < 5; i++) await browser.check(uuid);
  await ringInTime(uuid);
  expect(await stored(uuid)).toBeUndefined();
  expect(bill.rows).toEqual(["put", "alarm"]);
});

test("a code that nobody scans and whose page is closed costs 2 rows", async () => {
  const { bill, browser, uuid } = await parties();
  const listener = await browser.listen(uuid);
  listener.socket.close(1001, "going away");
  await vi.waitFor(() => expect(bill.rows).toHaveLength(2));
  await ringInTime(uuid);
  expect(await stored(uuid)).toBeUndefined();
  expect(bill.rows).toEqual(["alarm", "put"]);
});

test("a code that nobody scans costs 2 requests and 1 row, and wiping it writes none", async () => {
  const { bill, browser, uuid } = await parties();
  const listener = await browser.listen(uuid);
  await ringInTime(uuid);
  await listener.closed;
  expect(await stored(uuid)).toBeUndefined();
  expect(bill).toEqual({ workerRequests: 2, objectRequests: ["fetch"], rows: ["alarm"] });
});

test("a login that was redeemed in time is wiped by its first alarm, for no further row", async () => {
  const { bill, browser, phone, uuid } = await parties();
  const listener = await browser.listen(uuid);
  await phone.scan(uuid);
  await finish(browser, phone, uuid, listener);
  await ringInTime(uuid);
  expect(await stored(uuid)).toBeUndefined();
  expect(bill.rows).toHaveLength(4);
});

test("verify costs the phone one request and the object one row fewer", async () => {
  const { bill, browser, uuid } = await parties();
  const listener = await browser.listen(uuid);
  const { username: UserName, password: Password } = await newAccount();
  await browser.post("/qrcode/verify", { UUID: uuid, UserName, Password, Platform: "test" });
  await browser.redeem(uuid, await listener.until("confirmed"));
  expect(bill).toEqual({
    workerRequests: 4,
    objectRequests: ["fetch", "asPhone", "redeem"],
    rows: ["alarm", "put", "put"],
  });
});

/** Rings the alarm at its time, on this very instance, whose writes are counted. */
async function ringInTime(uuid: string): Promise<void> {
  await runInDurableObject(env.LOGIN.getByName(uuid), async (login, { storage }) => {
    const time = (await storage.getAlarm()) ?? 0;
    await at(time, () => login.alarm());
  });
}
