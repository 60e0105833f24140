/** What each call of the contract answers when all is well. Refusals are in refusals.test.ts. */
import { expect, test } from "vitest";
import {
  Browser,
  Listener,
  newAccount,
  newPhone,
  ORIGIN,
  phoneOf,
} from "../support/worker/parties.ts";
import { expectRefusal, later, stageAt } from "../support/worker/stages.ts";

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const chrome =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
const berlin = {
  city: "Berlin",
  region: "Land Berlin",
  country: "DE",
  latitude: "52.52",
  longitude: "13.40",
  asn: 3320,
};
const tokyo = { country: "JP", latitude: "35.68", longitude: "139.69", asn: 2516 };

test("GET / carries the code as an SVG path and sets the browser key, with no script needed", async () => {
  const response = await new Browser().fetch("/");
  expect(response.status).toBe(200);
  expect(response.headers.get("Content-Type")).toMatch(/^text\/html/);
  expect(await response.text()).toMatch(/<svg[^>]*>[\s\S]*<path[^>]* d="m[^"]{500,}"/);
  const [cookie] = response.headers.getSetCookie();
  expect(cookie).toMatch(/^__Host-login-[0-9a-f-]{36}=[\w-]{22}\.[\w-]{22};/);
});

test("GET / for a signed-in user sets no key, and goes on to return_to at once", async () => {
  const { browser } = await stageAt("redeemed");
  const home = await browser.fetch("/");
  expect(home.status).toBe(200);
  expect(home.headers.getSetCookie()).toEqual([]);
  const onward = await browser.fetch("/?return_to=/notes%3Fpage=2");
  expect([onward.status, onward.headers.get("Location")]).toEqual([303, "/notes?page=2"]);
});

test("GET /qrcode/get mints a uuid of its own each time, and the URL to scan", async () => {
  const browser = new Browser();
  const first = await browser.mint();
  const second = await browser.mint();
  expect(first.uuid).toMatch(uuidShape);
  expect(first).toEqual({
    uuid: first.uuid,
    qrcode: `${ORIGIN}/qrcode/scan?uuid=${first.uuid}`,
    expires_in: 120,
  });
  expect(second.uuid).not.toBe(first.uuid);
});

test("GET /qrcode/get draws the code only where svg=1 asks for it", async () => {
  const response = await new Browser().fetch("/qrcode/get?svg=1");
  const { svg } = await response.json<{ svg: string }>();
  expect(svg).toMatch(/^<svg [\s\S]*<path [\s\S]*<\/svg>$/);
});

test("GET /qrcode/check shows the browser what the socket shows, and when to look again", async () => {
  const { uuid, browser, phone, listener } = await stageAt("pending");
  const pending = await browser.view(uuid);
  expect(pending).toEqual({ ...pending, version: 1, state: "pending", poll_after: 2 });
  await phone.scan(uuid);
  await phone.confirm(uuid);
  const heard = await listener.until("confirmed");
  expect(Object.keys(heard).sort()).toEqual(
    ["expires_in", "login_url", "state", "ticket", "time", "user", "version"].sort(),
  );
  expect(await browser.view(uuid)).toEqual({ ...heard, poll_after: 1 });
  expect(heard).toMatchObject({ version: 3, expires_in: 30, login_url: "/login/qrcode" });
});

test("POST /qrcode/scan tells the phone which browser, where, since when, and what to call next", async () => {
  const { uuid, browser, phone } = await stageAt("pending", {
    browser: new Browser({ headers: { "User-Agent": chrome }, cf: berlin }),
    phone: await newPhone({ cf: { ...berlin, city: "Potsdam" } }),
  });
  const response = await later(7, () => phone.scan(uuid));
  const answer = await response.json<{ browser: { since_s: number } }>();
  const { since_s } = answer.browser;
  expect([7, 8]).toContain(since_s);
  expect(answer).toEqual({
    state: "scanned",
    expires_in: 120 - since_s,
    confirm_url: `${ORIGIN}/qrcode/confirm?uuid=${uuid}`,
    cancel_url: `${ORIGIN}/qrcode/cancel?uuid=${uuid}`,
    site: { name: "login.example", host: "login.example" },
    same_network: false,
    browser: {
      name: "Chrome",
      os: "macOS",
      ip: `${browser.address.split(".", 2).join(".")}.0.0/16`,
      region: "Land Berlin",
      country: "DE",
      since_s,
    },
  });
});

test("a phone far away is told so, in kilometres, and may go on by default", async () => {
  const { uuid, phone } = await stageAt("pending", {
    browser: new Browser({ cf: berlin }),
    phone: await newPhone({ cf: tokyo }),
  });
  const answer = await (await phone.scan(uuid)).json<{ far: boolean; distance_km: number }>();
  expect(answer.far).toBe(true);
  expect(answer.distance_km).toBe(9000);
  expect(await (await phone.confirm(uuid)).json()).toMatchObject({ state: "confirmed" });
});

test("scan, confirm and cancel may be repeated by the claiming user, and change nothing then", async () => {
  const { uuid, phone, listener } = await stageAt("pending");
  const answers = [];
  for (const call of ["scan", "scan", "confirm", "confirm", "cancel", "cancel"] as const) {
    const response = await phone[call](uuid);
    expect(response.status).toBe(200);
    answers.push(await response.json<{ state: string; expires_in: number }>());
  }
  const states = answers.map(({ state }) => state);
  expect(states.join(" ")).toBe("scanned scanned confirmed confirmed cancelled cancelled");
  expect(answers[4]).toEqual({ state: "cancelled", expires_in: 0 });
  await listener.closed;
  expect(listener.heard.map(({ version }) => version)).toEqual([1, 2, 3, 4]);
});

test("confirming again after the browser redeemed answers redeemed: a lost answer is repeatable", async () => {
  const { uuid, phone } = await stageAt("redeemed");
  const again = await phone.confirm(uuid);
  expect([again.status, await again.json()]).toEqual([200, { state: "redeemed", expires_in: 0 }]);
});

test("the claiming phone watches by check and by socket with its token, and sees no ticket", async () => {
  const { uuid, browser, phone, listener } = await stageAt("scanned");
  const phoneListener = new Listener(await phone.openSocket(uuid));
  await phone.confirm(uuid);
  await browser.redeem(uuid, await listener.until("confirmed"));
  expect((await phoneListener.closed).code).toBe(1000);
  expect(phoneListener.states).toEqual(["scanned", "confirmed", "redeemed"]);
  expect(JSON.stringify(phoneListener.heard)).not.toContain("ticket");
  expect(await (await phone.check(uuid)).json()).toMatchObject({ state: "redeemed" });
});

test("GET /me tells who is signed in and since when; POST /logout ends it", async () => {
  const account = await newAccount();
  const { browser } = await stageAt("redeemed", { phone: await phoneOf(account) });
  const me = await later(90, async () => (await browser.fetch("/me")).json());
  const week = 7 * 86_400;
  const since_s = (me as { since_s: number }).since_s;
  expect([90, 91]).toContain(since_s);
  expect(me).toEqual({
    user: { sub: account.sub, name: account.name },
    since_s,
    expires_in: week - since_s,
  });
  const loggedOut = await browser.post("/logout", {});
  expect([loggedOut.status, await loggedOut.json()]).toEqual([200, {}]);
  await expectRefusal(await browser.fetch("/me"), "unauthenticated");
});

test("GET /qrcode/scan is a page, and opening it changes nothing", async () => {
  const { uuid, browser } = await stageAt("pending");
  const camera = new Browser();
  const page = await camera.fetch(`/qrcode/scan?uuid=${uuid}`);
  expect([page.status, page.headers.getSetCookie()]).toEqual([200, []]);
  expect(page.headers.get("Content-Type")).toMatch(/^text\/html/);
  expect(await browser.view(uuid)).toMatchObject({ version: 1, state: "pending" });
});

test("the phone's page acts by its cookie: scans, confirms, and watches with as=phone", async () => {
  const { uuid, listener } = await stageAt("pending");
  const page = new Browser();
  const { username, password } = await newAccount();
  await page.submit("/account/token", { uuid, username, password });
  for (const call of ["scan", "confirm"]) {
    const response = await page.fetch(`/qrcode/${call}?uuid=${uuid}`, { method: "POST" });
    expect(response.status).toBe(200);
  }
  await listener.until("confirmed");
  const seen = await (await page.fetch(`/qrcode/check?uuid=${uuid}&as=phone`)).json();
  expect(seen).toMatchObject({ state: "confirmed", browser: {} });
  expect(seen).not.toHaveProperty("ticket");
});
