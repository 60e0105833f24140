/** The refusals that depend on who calls and on how far the login is. */
import { expect, test } from "vitest";
import { Browser, newPhone, Phone } from "../support/worker/parties.ts";
import { testRefusals, ticketOf } from "../support/worker/refusal-table.ts";
import { expectRefusal, later, stageAt, stored, withBindings } from "../support/worker/stages.ts";

const stranger = () => new Browser();

testRefusals({
  "nobody watches - scan": [
    "not_watched",
    "pending",
    async ({ phone, browser }) => phone.scan((await browser.mint()).uuid),
  ],
  "nobody watches - confirm": [
    "not_watched",
    "pending",
    async ({ phone, browser }) => phone.confirm((await browser.mint()).uuid),
  ],
  "nobody watches - enter": [
    "not_watched",
    "pending",
    async ({ browser }) =>
      browser.post("/login/verify", { uuid: (await browser.mint()).uuid, code: "1" }),
  ],
  "too old to be going on - check": [
    "expired",
    "pending",
    ({ browser, uuid }) => later(270, () => browser.check(uuid)),
  ],
  "it expired - scan": ["expired", "expired", ({ phone, uuid }) => phone.scan(uuid)],
  "it expired - confirm": ["expired", "expired", ({ phone, uuid }) => phone.confirm(uuid)],
  "it expired - cancel": ["expired", "expired", ({ phone, uuid }) => phone.cancel(uuid)],
  "it is confirmed - scan": ["already_used", "confirmed", ({ phone, uuid }) => phone.scan(uuid)],
  "it is redeemed - scan": ["already_used", "redeemed", ({ phone, uuid }) => phone.scan(uuid)],
  "it is redeemed - cancel": ["already_used", "redeemed", ({ phone, uuid }) => phone.cancel(uuid)],
  "no token - scan": [
    "unauthenticated",
    "pending",
    ({ uuid }) => stranger().fetch(`/qrcode/scan?uuid=${uuid}`, { method: "POST" }),
  ],
  "a made-up token - scan": [
    "unauthenticated",
    "pending",
    ({ uuid }) => new Phone("made.up.token").scan(uuid),
  ],
  "another scheme than Bearer - scan": [
    "unauthenticated",
    "pending",
    ({ phone, uuid }) =>
      phone.fetch(`/qrcode/scan?uuid=${uuid}`, {
        method: "POST",
        headers: { Authorization: `Basic ${phone.token}` },
      }),
  ],
  "no session - me": ["unauthenticated", "pending", ({ browser }) => browser.fetch("/me")],
  "no browser key - check": ["not_your_browser", "confirmed", ({ uuid }) => stranger().check(uuid)],
  "no browser key - ws": [
    "not_your_browser",
    "confirmed",
    ({ uuid }) => stranger().openSocket(uuid),
  ],
  "no browser key - redeem": [
    "not_your_browser",
    "confirmed",
    async (stage) => stranger().redeem(stage.uuid, await ticketOf(stage)),
  ],
  "no browser key - enter": [
    "not_your_browser",
    "scanned",
    ({ uuid }) => stranger().post("/login/verify", { uuid, code: "123" }),
  ],
  "not scanned yet - confirm": ["not_scanned", "pending", ({ phone, uuid }) => phone.confirm(uuid)],
  "not scanned yet - cancel": ["not_scanned", "pending", ({ phone, uuid }) => phone.cancel(uuid)],
  "not scanned yet - phone's check": [
    "not_scanned",
    "pending",
    ({ phone, uuid }) => phone.check(uuid),
  ],
  "no code was asked for - enter": [
    "not_scanned",
    "scanned",
    ({ browser, uuid }) => browser.post("/login/verify", { uuid, code: "123" }),
  ],
  "the user said no - scan": ["cancelled", "cancelled", ({ phone, uuid }) => phone.scan(uuid)],
  "the user said no - confirm": [
    "cancelled",
    "cancelled",
    ({ phone, uuid }) => phone.confirm(uuid),
  ],
  "the user said no - enter": [
    "cancelled",
    "cancelled",
    ({ browser, uuid }) => browser.post("/login/verify", { uuid, code: "123" }),
  ],
  "another user - scan": [
    "claimed_by_other",
    "scanned",
    async ({ uuid }) => (await newPhone()).scan(uuid),
  ],
  "another user - confirm": [
    "claimed_by_other",
    "scanned",
    async ({ uuid }) => (await newPhone()).confirm(uuid),
  ],
  "another user - cancel": [
    "claimed_by_other",
    "confirmed",
    async ({ uuid }) => (await newPhone()).cancel(uuid),
  ],
  "another user - phone's check": [
    "claimed_by_other",
    "confirmed",
    async ({ uuid }) => (await newPhone()).check(uuid),
  ],
  "another user - phone's ws": [
    "claimed_by_other",
    "confirmed",
    async ({ uuid }) => (await newPhone()).openSocket(uuid),
  ],
  "another user, after the end - scan": [
    "claimed_by_other",
    "redeemed",
    async ({ uuid }) => (await newPhone()).scan(uuid),
  ],
  "a forged ticket - redeem": [
    "bad_ticket",
    "confirmed",
    ({ browser, uuid }) => browser.redeem(uuid, { ticket: "forged", time: 1 }),
  ],
  "the objects are away - check": [
    "unavailable",
    "confirmed",
    ({ browser, uuid }) => cutOff(browser).check(uuid),
  ],
});

test("an expired login is refused to its own ticket, a second after its time", async () => {
  const stage = await stageAt("confirmed");
  const ticket = await ticketOf(stage);
  await expectRefusal(await later(31, () => stage.browser.redeem(stage.uuid, ticket)), "expired");
  expect(await stored(stage.uuid)).toMatchObject({ state: "expired", reason: "timeout" });
});

test("a 401 names the scheme that would help, a 503 when to come back", async () => {
  const me = await stranger().fetch("/me");
  expect(me.headers.get("WWW-Authenticate")).toBe("Bearer");
  const { browser, uuid } = await stageAt("pending");
  expect((await cutOff(browser).check(uuid)).headers.get("Retry-After")).toBe("2");
});

const lost = { asBrowser: () => Promise.reject(new Error("network connection lost")) };

/** This browser, where the objects cannot be reached. */
function cutOff({ cookies }: Browser): Browser {
  const browser = new Browser({ via: withBindings({ LOGIN: { getByName: () => lost } }) });
  for (const [name, value] of cookies) browser.cookies.set(name, value);
  return browser;
}
