/** Somebody who photographed the code, or holds a ticket, but is not the browser that waits. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { deriveKeys } from "../../src/core/keys.ts";
import { ticketFor } from "../../src/login/ticket.ts";
import { states } from "../support/states.ts";
import { Browser, newAccount, newPhone, phoneOf } from "../support/worker/parties.ts";
import { ticketOf } from "../support/worker/refusal-table.ts";
import { expectRefusal, later, stageAt, stored } from "../support/worker/stages.ts";

test.for(states)(
  "1 photographed code: a second browser learns nothing of a login that is %s, not even that",
  async (state) => {
    const { uuid } = await stageAt(state);
    const other = new Browser();
    const { uuid: own } = await other.mint();
    // With its own key under the other's name: a key is bound to its uuid.
    other.cookies.set(`__Host-login-${uuid}`, other.cookies.get(`__Host-login-${own}`) ?? "");
    for (const response of [
      await other.check(uuid),
      await other.openSocket(uuid),
      await other.redeem(uuid, { ticket: "a.b", time: 1 }),
      await other.post("/login/verify", { uuid, code: "123" }),
    ]) {
      expect(await expectRefusal(response, "not_your_browser")).toBeUndefined();
    }
  },
);

test("1 photographed code: a key with one character altered is not this browser's", async () => {
  const { uuid, browser } = await stageAt("pending");
  const name = `__Host-login-${uuid}`;
  const key = browser.cookies.get(name) ?? "";
  for (const at of [0, 21, 22, 23, key.length - 1]) {
    const other = key[at] === "A" ? "B" : "A";
    browser.cookies.set(name, key.slice(0, at) + other + key.slice(at + 1));
    await expectRefusal(await browser.check(uuid), "not_your_browser");
  }
});

test("2 attached first by another: a second key minted for the same uuid does not own a login that another attached to", async () => {
  const { uuid } = await stageAt("confirmed");
  const second = new Browser();
  const { mintBrowserKey } = await import("../../src/login/browser-key.ts");
  second.cookies.set(`__Host-login-${uuid}`, mintBrowserKey(deriveKeys(env.SECRET).browser, uuid));
  await expectRefusal(await second.check(uuid), "not_your_browser");
  await expectRefusal(await second.openSocket(uuid), "not_your_browser");
});

test("3 stolen ticket: a stolen ticket is worth nothing without the browser key, and stays good for its owner", async () => {
  const stage = await stageAt("confirmed");
  const ticket = await ticketOf(stage);
  await expectRefusal(await new Browser().redeem(stage.uuid, ticket), "not_your_browser");
  expect((await stage.browser.redeem(stage.uuid, ticket)).status).toBe(200);
});

test("3 stolen ticket: twenty redemptions at once give one session and nineteen times 409", async () => {
  const stage = await stageAt("confirmed");
  const { uuid, browser } = stage;
  const ticket = await ticketOf(stage);
  const responses = await Promise.all(
    Array.from({ length: 20 }, () => browser.redeem(uuid, ticket)),
  );
  const won = responses.filter(({ status }) => status === 200);
  const lost = responses.filter(({ status }) => status !== 200);
  expect([won.length, lost.length]).toEqual([1, 19]);
  for (const response of lost) {
    expect(response.headers.getSetCookie()).toEqual([]);
    await expectRefusal(response, "already_used");
  }
});

test("3 stolen ticket: the ticket of another login of the same browser and user is refused", async () => {
  const phone = await newPhone();
  const browser = new Browser();
  const first = await stageAt("confirmed", { browser, phone });
  const second = await stageAt("confirmed", { browser, phone });
  const [ticket, other] = [await ticketOf(first), await ticketOf(second)];
  await expectRefusal(await browser.redeem(first.uuid, other), "bad_ticket");
  expect((await browser.redeem(second.uuid, other)).status).toBe(200);
  expect((await browser.redeem(first.uuid, ticket)).status).toBe(200);
});

test("3 stolen ticket: a ticket that is altered anywhere, or comes with another time, is refused", async () => {
  const stage = await stageAt("confirmed");
  const { uuid, browser } = stage;
  const { ticket, time } = await ticketOf(stage);
  const mallory = Buffer.from("sub-mallory").toString("base64url");
  const alterations = [
    { ticket: `${ticket}x`, time },
    { ticket: ticket.slice(0, -1), time },
    { ticket: `${ticket}=`, time },
    { ticket: ticket.replace(/^[^.]+/, mallory), time },
    { ticket: ticket.replace(/\..*/, "."), time },
    { ticket: `${ticket}.`, time },
    { ticket, time: time + 1 },
    { ticket, time: 0 },
  ];
  for (const altered of alterations) {
    await expectRefusal(await browser.redeem(uuid, altered), "bad_ticket");
  }
  expect(await stored(uuid)).toMatchObject({ state: "confirmed", version: 3 });
});

test("3 stolen ticket: a ticket with a right signature, but not the one that was issued, is the object's to refuse", async () => {
  const { uuid, browser } = await stageAt("scanned");
  const time = Date.now();
  const ticket = ticketFor(deriveKeys(env.SECRET).ticket, uuid, "sub-mallory", time);
  await expectRefusal(await browser.redeem(uuid, { ticket, time }), "bad_ticket");
  expect(await stored(uuid)).toMatchObject({ state: "scanned", version: 2 });
});

test("3 stolen ticket: a ticket is good until its time is up, and not a moment longer", async () => {
  for (const [seconds, status] of [
    [29, 200],
    [31, 410],
  ] as const) {
    const stage = await stageAt("confirmed");
    const ticket = await ticketOf(stage);
    const redeem = () => stage.browser.redeem(stage.uuid, ticket);
    expect((await later(seconds, redeem)).status).toBe(status);
  }
});

test("3 stolen ticket: the ticket and login_url go to the owner alone, and only while the login is confirmed", async () => {
  const stage = await stageAt("scanned");
  const { uuid, browser, phone, listener } = stage;
  const told: unknown[] = [await browser.view(uuid), await (await phone.check(uuid)).json()];
  told.push(await (await phone.confirm(uuid)).json(), await (await phone.check(uuid)).json());
  const { ticket } = await ticketOf(stage);
  expect(await browser.view(uuid)).toMatchObject({ ticket, login_url: "/login/qrcode" });
  await browser.redeem(uuid, await ticketOf(stage));
  told.push(await (await phone.check(uuid)).json(), await listener.until("redeemed"));
  for (const view of told) {
    expect(view).not.toHaveProperty("ticket");
    expect(view).not.toHaveProperty("login_url");
  }
});

test("4 two users: who scans second is refused and learns nothing of the first", async () => {
  const { uuid, listener } = await stageAt("scanned");
  const { user } = await listener.until("scanned");
  const second = await newPhone();
  const refusal = await (await second.scan(uuid)).text();
  expect(refusal).toContain("claimed_by_other");
  expect(refusal).not.toContain(user?.name ?? "");
  expect(JSON.parse(refusal)).not.toHaveProperty("browser");
});

test("4 two users: twenty scans at once by twenty users: one claims, and only that one can confirm", async () => {
  const { uuid } = await stageAt("pending");
  const accounts = await Promise.all(Array.from({ length: 20 }, () => newAccount()));
  const phones = await Promise.all(accounts.map((account) => phoneOf(account)));
  const scans = await Promise.all(phones.map((phone) => phone.scan(uuid)));
  const confirms = await Promise.all(phones.map((phone) => phone.confirm(uuid)));
  const scanned = scans.map(({ status }) => status);
  expect(scanned.filter((status) => status === 200)).toHaveLength(1);
  expect(scanned.filter((status) => status === 409)).toHaveLength(19);
  expect(confirms.map(({ status }) => status)).toEqual(scanned);
  expect(await stored(uuid)).toMatchObject({ state: "confirmed", version: 3 });
});
