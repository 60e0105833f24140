/** What the pages do off the straight path: several tabs, reloads, refusals in words. */
import type { Page } from "playwright-core";
import { expect, test, vi } from "vitest";
import { strings } from "../../src/pages/language.ts";
import { App, granted } from "../support/http-login.ts";
import {
  button,
  goOn,
  greets,
  openCode,
  openLogin,
  readCode,
  says,
  signIn,
  uuidIn,
} from "../support/people.ts";
import { useStage } from "../support/stage.ts";

const { en } = strings;
const stage = useStage();

test.concurrent("with scripts off, the code is there and leads to the phone's page", async () => {
  const desktop = await stage.desktop({ javaScriptEnabled: false });
  await desktop.goto("/");
  const code = await readCode(desktop);
  expect(code).toBe(`${stage.origin}/qrcode/scan?uuid=${uuidIn(code)}`);
  expect(uuidIn(code)).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect(await desktop.locator("noscript p").innerText()).toBe(en.login.noscript);
});

test.concurrent("several tabs wait at once, each on a code of its own", async () => {
  const first = await stage.desktop();
  const tabs = [first, await first.context().newPage(), await first.context().newPage()] as const;
  for (const tab of tabs) await openLogin(tab);
  const uuids = await Promise.all(tabs.map(uuidOn));
  expect(new Set(uuids).size).toBe(tabs.length);

  const ada = new App(stage.origin, await stage.token("ada"));
  const [one = "", two = "", three = ""] = uuids;
  await granted(ada.scan(two));
  await granted(ada.confirm(two));
  await greets(tabs[1], "Ada Lovelace");
  await says(tabs[0], en.login.states.waiting);
  await says(tabs[2], en.login.states.waiting);
  expect(await Promise.all([uuidOn(tabs[0]), uuidOn(tabs[2])])).toEqual([one, three]);

  await ada.scan(one);
  await ada.confirm(one);
  await greets(tabs[0], "Ada Lovelace");
});

test.concurrent("a user who scans second is told that somebody else did, and not who", async () => {
  const [desktop, ada, lin] = await Promise.all([
    stage.desktop(),
    stage.phone("ada"),
    stage.phone("lin"),
  ]);
  const code = await openCode(desktop, ada);
  await button(ada, en.phone.no).waitFor();
  await lin.goto(code);
  await says(lin, en.phone.states.claimed_by_other);
  expect(await lin.locator("body").innerText()).not.toContain("Ada");
  await button(ada, en.phone.yes).tap();
  await greets(desktop, "Ada Lovelace");
});

test.concurrent("a wrong password, a disabled and a deleted account each get their words", async () => {
  const [desktop, phone] = await Promise.all([stage.desktop(), stage.phone()]);
  await openCode(desktop, phone);
  const { failure } = en.signIn;
  const site = new URL(stage.origin).host;
  const alert = phone.getByRole("alert");

  await signIn(phone, "ada", "not-her-password");
  await alert.getByText(failure.bad_credentials).waitFor();
  await signIn(phone, "nobody");
  await alert.getByText(failure.bad_credentials).waitFor();
  // Told only to somebody who knows the password.
  await signIn(phone, "dora", "not-her-password");
  await alert.getByText(failure.bad_credentials).waitFor();
  await signIn(phone, "dora");
  await alert.getByText(failure.account_disabled.replace("{site}", site)).waitFor();
  await signIn(phone, "dan");
  await alert.getByText(failure.account_deleted).waitFor();
  await says(desktop, en.login.states.waiting);

  await signIn(phone, "ada");
  await goOn(phone);
  await button(phone, en.phone.yes).tap();
  await greets(desktop, "Ada Lovelace");
});

test.concurrent("a phone that remembers one account can use another", async () => {
  const [desktop, phone] = await Promise.all([stage.desktop(), stage.phone("ada")]);
  await openCode(desktop, phone);
  await button(phone, en.phone.yes).waitFor();
  await button(phone, en.phone.other.replace("{name}", "Ada Lovelace")).tap();
  await phone.getByLabel(en.signIn.password).waitFor();
});

test.concurrent("a login ends where it was asked to, on this site only", async () => {
  const ada = new App(stage.origin, await stage.token("ada"));
  for (const [wanted, got] of [
    ["/me", "/me"],
    ["//example.com/", "/"],
    ["/\\example.com/", "/"],
    ["https://example.com/", "/"],
  ] as const) {
    const desktop = await stage.desktop();
    await openLogin(desktop, `/?return_to=${encodeURIComponent(wanted)}`);
    const uuid = await uuidOn(desktop);
    await ada.scan(uuid);
    await ada.confirm(uuid);
    await desktop.waitForURL(stage.origin + got);
    await desktop.context().close();
  }
});

test.concurrent("reloaded while scanned, the page shows that it was scanned, and goes on from there", async () => {
  const [desktop, phone] = await Promise.all([stage.desktop(), stage.phone("ada")]);
  await openCode(desktop, phone);
  await says(desktop, en.login.states.scanned, { name: "Ada Lovelace" });
  await desktop.reload();
  await says(desktop, en.login.states.scanned, { name: "Ada Lovelace" });
  await button(phone, en.phone.yes).tap();
  await greets(desktop, "Ada Lovelace");
});

test.concurrent("reloaded while confirmed, before the ticket was redeemed, the page redeems it", async () => {
  const [desktop, phone] = await Promise.all([stage.desktop(), stage.phone("ada")]);
  // The network is down for this one call only.
  await desktop.route("**/login/qrcode", (route) => route.abort("connectionfailed"));
  await openCode(desktop, phone);
  await button(phone, en.phone.yes).tap();
  await says(desktop, en.login.states.confirmed, { name: "Ada Lovelace" });
  await desktop.reload();
  await says(desktop, en.login.states.confirmed, { name: "Ada Lovelace" });
  await desktop.unroute("**/login/qrcode");
  await greets(desktop, "Ada Lovelace");
  await says(phone, en.phone.states.redeemed, { browser: "Chrome, macOS" });
});

test.concurrent("a waiting page asks its line once a code, and when somebody is at the page", async () => {
  const desktop = await stage.desktop();
  await desktop.clock.install();
  let pings = 0;
  await desktop.routeWebSocket(/\/qrcode\/ws/, (socket) => {
    socket.onMessage((message) => {
      expect(message).toBe("ping");
      pings++;
      socket.send("pong");
    });
    socket.send(JSON.stringify({ version: 1, state: "pending", expires_in: 120 }));
  });
  await desktop.goto("/");
  await says(desktop, en.login.states.waiting);
  const after = async (seconds: number, asked: number) => {
    await desktop.clock.runFor(seconds * 1000);
    await vi.waitFor(() => expect(pings).toBe(asked), { timeout: 20_000 });
  };
  await after(45, 0);
  await after(6, 1);
  await after(55, 1);
  await desktop.mouse.move(100, 100);
  await after(1, 2);
});

test.concurrent("a browser that keeps storage from pages signs in all the same", async () => {
  const [desktop, phone] = await Promise.all([stage.desktop(), stage.phone("ada")]);
  await desktop.addInitScript({ content: withoutStorage });
  await openCode(desktop, phone);
  await says(desktop, en.login.states.scanned, { name: "Ada Lovelace" });
  await button(phone, en.phone.yes).tap();
  await greets(desktop, "Ada Lovelace");
});

test.concurrent("the phone's page, reloaded while it asks, asks again", async () => {
  const [desktop, phone] = await Promise.all([stage.desktop(), stage.phone("ada")]);
  await openCode(desktop, phone);
  await button(phone, en.phone.yes).waitFor();
  await phone.reload();
  await button(phone, en.phone.yes).tap();
  await greets(desktop, "Ada Lovelace");
});

test.concurrent("five wrong passwords sent to one login burn it: the page says so, and has a new code", async () => {
  const desktop = await stage.desktop();
  await openLogin(desktop);
  const uuid = await uuidOn(desktop);
  for (let i = 0; i < 5; i++) {
    // Another account each time, so that it is the login that reaches its limit, not an account.
    const data = { UUID: uuid, UserName: `guest-${i}`, Password: "guess", Platform: "test" };
    const answer = await desktop.request.post("/qrcode/verify", { data });
    expect(await answer.json()).toMatchObject({ Result: -9 });
  }
  await says(desktop, en.login.states.too_many_attempts);
  await says(desktop, en.login.states.waiting);
  expect(uuidIn(await readCode(desktop))).not.toBe(uuid);
});

test.concurrent("a code that nobody waits on, or that is not ours, gets words on the phone", async () => {
  const phone = await stage.phone("ada");
  const minted = await phone.request.get("/qrcode/get");
  const { uuid } = (await minted.json()) as { uuid: string };
  await phone.goto(`/qrcode/scan?uuid=${uuid}`);
  await says(phone, en.phone.states.not_watched);
  const forged = uuid.slice(0, -1) + (uuid.endsWith("0") ? "1" : "0");
  const answer = await phone.goto(`/qrcode/scan?uuid=${forged}`);
  expect(answer?.status()).toBe(404);
  await says(phone, en.notice.unknown_uuid);
});

/** The code that a page shows, for apps that need no camera. */
async function uuidOn(page: Page): Promise<string> {
  return (await page.locator("main").getAttribute("data-uuid")) ?? "";
}

/** What Chrome does where all site data is blocked, but for the cookies. */
const withoutStorage = `Object.defineProperty(window, "sessionStorage", {
  get() {
    throw new DOMException("Access is denied for this document.", "SecurityError");
  },
});`;
