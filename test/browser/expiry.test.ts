/** Time runs out: here a code lives for three seconds, and later steps little longer. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { expect, test, vi } from "vitest";
import { strings } from "../../src/pages/language.ts";
import { axeFindings } from "../support/axe.ts";
import { App, HttpBrowser } from "../support/http-login.ts";
import { button, greets, readCode, says, uuidIn } from "../support/people.ts";
import { useStage } from "../support/stage.ts";

const { en } = strings;
const stage = useStage({ SCAN_WITHIN_S: "3", CONFIRM_WITHIN_S: "8", REDEEM_WITHIN_S: "9" });

/** The codes a page has had: those it fetched after the first, which came with it. */
function countRenewals(page: Page): () => number {
  let renewals = 0;
  page.on("request", (request) => {
    if (request.url().includes("/qrcode/get")) renewals++;
  });
  return () => renewals;
}

test.concurrent("five codes come by themselves, then only on a click", async () => {
  const desktop = await stage.desktop();
  const renewals = countRenewals(desktop);
  await desktop.goto("/");
  const first = await readCode(desktop);
  await says(desktop, en.login.states.idle);
  expect(renewals()).toBe(5);
  expect(await axeFindings(desktop)).toEqual([]);

  await button(desktop, en.login.again).click();
  await says(desktop, en.login.states.waiting);
  expect(renewals()).toBe(6);
  expect(uuidIn(await readCode(desktop))).not.toBe(uuidIn(first));
});

test.concurrent("an expired code is refused on the phone with words, the fresh one signs in", async () => {
  const [desktop, phone] = await Promise.all([stage.desktop(), stage.phone("ada")]);
  await desktop.goto("/");
  const first = await readCode(desktop);
  await desktop.waitForResponse(/\/qrcode\/get/);
  await phone.goto(first);
  await says(phone, en.phone.states.expired);
  await scanInTime(desktop, phone);
  await button(phone, en.phone.yes).tap();
  await greets(desktop, "Ada Lovelace");
});

test.concurrent("scanned, but not confirmed in time: both are told, nobody is signed in", async () => {
  const [desktop, phone] = await Promise.all([stage.desktop(), stage.phone("ada")]);
  await desktop.goto("/");
  await scanInTime(desktop, phone);
  await says(phone, en.phone.states.expired);
  await says(desktop, en.login.states.waiting);
  expect((await desktop.request.get("/me")).status()).toBe(401);
});

test.concurrent("confirmed, but the browser is gone: the phone is told that nobody was signed in", async () => {
  const [desktop, phone] = await Promise.all([stage.desktop(), stage.phone("ada")]);
  await desktop.goto("/");
  await scanInTime(desktop, phone);
  await desktop.close();
  await button(phone, en.phone.yes).tap();
  await says(phone, en.phone.states.nudge);
  await says(phone, en.phone.states.unfinished);
});

test.concurrent("a code from long ago is refused by a page that says what to do", async () => {
  const phone = await stage.phone();
  const { uuid } = await new HttpBrowser(stage.origin).mint();
  const address = `/qrcode/scan?uuid=${uuid}`;
  // Too old for any step of a login, not only for the scan.
  await vi.waitFor(async () => expect((await phone.request.get(address)).status()).toBe(410), {
    timeout: 45_000,
    interval: 1000,
  });
  await phone.goto(address);
  await says(phone, en.notice.expired);
  expect(await axeFindings(phone)).toEqual([]);
});

/**
 * Claims a code while it is young, by app as that is quickest, and goes on with the same user's
 * phone. A page that has put its code away in the meantime is asked for another.
 */
async function scanInTime(desktop: Page, phone: Page): Promise<void> {
  const ada = new App(stage.origin, await stage.token("ada"));
  for (let tries = 0; tries < 50; tries++) {
    const code = (await desktop.locator("#elsewhere").getAttribute("href")) ?? "";
    if ((await ada.scan(uuidIn(code))).ok) {
      await phone.goto(code);
      return;
    }
    const isIdle = await desktop
      .getByRole("heading", { name: en.login.states.idle[0] })
      .isVisible();
    if (isIdle) await button(desktop, en.login.again).click();
    await sleep(300);
  }
  throw new Error("no code could be scanned in time");
}
