/** What happens to the page itself: reloaded, asleep, hidden, offline, kept aside and brought back. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { expect, test } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { App } from "../support/http-login.ts";
import { openLogin, untilAttached } from "../support/people.ts";
import type { Stage } from "../support/stage.ts";
import type { Book } from "../support/faults/book.ts";
import {
  done,
  expectSignedIn,
  lineTo,
  scanned,
  sees,
  signsIn,
  tabBehind,
  waiting,
} from "../support/faults/scene.ts";
import { Tab } from "../support/faults/tab.ts";

const AWAY_MS = 2000;

export function pageFaults(stage: Stage, book: Book): void {
  test.concurrent("asleep while its line dies: awake, it shows what came meanwhile", async (t) => {
    const page = book.open(t, `asleep for ${AWAY_MS} ms, connections dead on waking`);
    const browser = await launchChromium();
    t.onTestFinished(() => browser.close());
    const line = await lineTo(t, stage.server.port);
    const tab = await Tab.of(await browser.newPage({ baseURL: line.origin }));
    await openLogin(tab.page);
    const scene = { line, tab, app: await appOf(stage), uuid: await tab.uuid() };
    const wakeUp = await putToSleep(browser);
    line.cut();
    await done(() => scene.app.scan(scene.uuid));
    await sleep(AWAY_MS);
    const since = wakeUp();
    page.stale(await tab.shows("scanned", since));
    page.stale(await signsIn(scene));
  });

  test.concurrent("hidden while its socket goes silent: looked at again, it is right", async (t) => {
    const page = book.open(t, `hidden for ${AWAY_MS} ms, socket silent meanwhile`);
    const scene = await waiting(t, stage);
    await setHidden(scene.tab.page, true);
    scene.line.hold();
    await done(() => scene.app.scan(scene.uuid));
    await sleep(AWAY_MS);
    const since = performance.now();
    await setHidden(scene.tab.page, false);
    page.stale(await scene.tab.shows("scanned", since));
    page.stale(await signsIn(scene));
  });

  test.concurrent("another network: what was open is dead, and nobody says so", async (t) => {
    const page = book.open(t, `network changed, ${AWAY_MS} ms offline, socket silent after it`);
    const scene = await waiting(t, stage);
    const context = scene.tab.page.context();
    await context.setOffline(true);
    scene.line.hold();
    await done(() => scene.app.scan(scene.uuid));
    await sleep(AWAY_MS);
    const since = performance.now();
    await context.setOffline(false);
    page.stale(await scene.tab.shows("scanned", since));
    page.stale(await signsIn(scene));
  });

  test.concurrent("reloaded while waiting: the new code works", async (t) => {
    const page = book.open(t, "reloaded while waiting");
    const { tab, app, line } = await waiting(t, stage);
    const attached = untilAttached(tab.page);
    await tab.page.reload();
    await attached;
    const scene = { tab, app, line, uuid: await tab.uuid() };
    page.stale(await sees(tab, "scanned", () => app.scan(scene.uuid)));
    page.stale(await signsIn(scene));
  });

  test.concurrent("reloaded while scanned: the yes that follows still signs in", async (t) => {
    const page = book.open(t, "reloaded while scanned");
    const scene = await scanned(t, stage);
    const since = performance.now();
    await scene.tab.page.reload();
    page.stale(await scene.tab.shows("scanned", since));
    page.stale(await signsIn(scene));
  });

  test.concurrent("reloaded when the answer to its redemption was lost: signed in", async (t) => {
    const page = book.open(t, "reloaded, the answer to its redemption lost");
    const { tab, app, line, uuid } = await scanned(t, stage);
    line.losesAnswersTo = /^POST \/login\/qrcode/;
    await done(() => app.confirm(uuid));
    await expect.poll(() => line.lost, { timeout: 20_000 }).toBeGreaterThan(0);
    await tab.page.reload();
    // Only now: before, the page could have asked again by itself.
    line.losesAnswersTo = undefined;
    page.stale(await tab.shows("home", performance.now()));
    await expectSignedIn(tab.page);
  });

  test.concurrent("left and brought back by the back button, its code works", async (t) => {
    const page = book.open(t, "left and brought back by the back button");
    const line = await lineTo(t, stage.server.port);
    const tab = await tabBehind(t, stage, line);
    await openLogin(tab.page);
    await tab.page.goto("/favicon.svg");
    const attached = untilAttached(tab.page);
    await tab.page.goBack();
    await attached;
    const scene = { line, tab, app: await appOf(stage), uuid: await tab.uuid() };
    page.stale(await sees(tab, "scanned", () => scene.app.scan(scene.uuid)));
    page.stale(await signsIn(scene));
    page.note("no-store keeps the page out of the cache: it comes back with a new code");
  });

  test.concurrent("restored as it was, with its socket gone: it looks again at once", async (t) => {
    const page = book.open(t, "restored as it was (pagehide, pageshow), scanned meanwhile");
    const scene = await waiting(t, stage);
    await scene.tab.page.evaluate(
      "dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))",
    );
    await done(() => scene.app.scan(scene.uuid));
    const since = performance.now();
    await scene.tab.page.evaluate(
      "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))",
    );
    page.stale(await scene.tab.shows("scanned", since));
    page.stale(await signsIn(scene));
    expect(scene.tab.state).toBe("home");
  });
}

async function appOf(stage: Stage): Promise<App> {
  return new App(stage.origin, await stage.token("ada"));
}

/**
 * Stops the processes that run this browser's pages, as a machine does that goes to sleep.
 * @returns wakes them, and says when, by `performance.now()`
 */
async function putToSleep(browser: Browser): Promise<() => number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const pids = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  for (const pid of pids) process.kill(pid, "SIGSTOP");
  return () => {
    for (const pid of pids) process.kill(pid, "SIGCONT");
    return performance.now();
  };
}

/** A tab behind others: no driver hides one for real, so the page is told that it is. */
async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate(`
    Object.defineProperty(document, "hidden", { value: ${hidden}, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  `);
}
