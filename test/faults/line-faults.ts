/** The line between browser and server: cut, slow, held, thin, and closed to upgrades. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, type TestContext } from "vitest";
import { App } from "../support/http-login.ts";
import { untilAttached } from "../support/people.ts";
import type { Stage } from "../support/stage.ts";
import type { Book } from "../support/faults/book.ts";
import {
  done,
  expectSignedIn,
  lineTo,
  scanned,
  scanOnceAttached,
  sees,
  signsIn,
  tabBehind,
  waiting,
  type Scene,
} from "../support/faults/scene.ts";

const DOWN_MS = 2000;
const TOUCHED_WITHIN_MS = 30_000;
const ASKS_WITHIN_MS = 45_000;

export function lineFaults(stage: Stage, book: Book): void {
  test.concurrent("frames are held and nothing is closed: the ping notices", async (t) => {
    const page = book.open(t, "frames held on the open socket while waiting");
    const scene = await waiting(t, stage);
    scene.line.hold();
    page.stale(await sees(scene.tab, "scanned", () => scene.app.scan(scene.uuid)));
    page.stale(await signsIn(scene));
  });

  test.concurrent("frames are held, and somebody touches the page: it asks at once", async (t) => {
    const page = book.open(t, "the same, with somebody at the page");
    const scene = await waiting(t, stage);
    scene.line.hold();
    const since = await done(() => scene.app.scan(scene.uuid));
    await scene.tab.page.mouse.move(100, 100);
    // Well before it would have asked by itself.
    page.stale(await scene.tab.shows("scanned", since, TOUCHED_WITHIN_MS));
    page.stale(await signsIn(scene));
  });

  test.concurrent("frames are held again and again: a page that lost a line asks more often", async (t) => {
    const page = book.open(t, "the same a second time, with nobody at the page");
    const scene = await waiting(t, stage);
    scene.line.hold();
    const again = untilAttached(scene.tab.page);
    await scene.tab.page.mouse.move(100, 100);
    await again;
    scene.line.hold();
    const since = await done(() => scene.app.scan(scene.uuid));
    page.stale(await scene.tab.shows("scanned", since, ASKS_WITHIN_MS));
    page.stale(await signsIn(scene));
  });

  test.concurrent("frames are held once scanned: the yes still arrives in time", async (t) => {
    const page = book.open(t, "frames held on the open socket while scanned");
    const scene = await scanned(t, stage);
    scene.line.hold();
    page.stale(await signsIn(scene));
  });

  test.concurrent("a new code asked for, after a yes that was not heard: the yes counts", async (t) => {
    const page = book.open(t, "the same, and a click for a new code");
    const scene = await scanned(t, stage);
    scene.line.hold();
    const since = await done(() => scene.app.confirm(scene.uuid));
    await scene.tab.page.locator("#again").click();
    page.stale(await scene.tab.shows("home", since));
    await expectSignedIn(scene.tab.page);
  });

  for (const [delayMs, fault] of [
    [1500, "3 s for a round trip"],
    [3000, "3 s each way, which no opening of a socket survives"],
  ] as const) {
    test.concurrent(`${fault}: slow, but it gets there`, async (t) => {
      const page = book.open(t, fault);
      const scene = await slowly(t, delayMs);
      const since = await done(() => scanOnceAttached(scene));
      page.stale(await scene.tab.shows("scanned", since));
      page.stale(await signsIn(scene));
    });
  }

  async function slowly(t: TestContext, delayMs: number): Promise<Scene> {
    const line = await lineTo(t, stage.server.port);
    const tab = await tabBehind(t, stage, line);
    line.delayMs = delayMs;
    await tab.page.goto("/", { waitUntil: "commit" });
    const app = new App(stage.origin, await stage.token("ada"));
    return { line, tab, app, uuid: await tab.uuid() };
  }

  for (const status of [400, 403] as const) {
    test.concurrent(`upgrades are answered with ${status}: polling takes over`, async (t) => {
      const page = book.open(t, `upgrade refused with ${status}`);
      const line = await lineTo(t, stage.server.port);
      line.refusesUpgrade = status;
      const tab = await tabBehind(t, stage, line);
      await tab.page.goto("/");
      const app = new App(stage.origin, await stage.token("ada"));
      const scene = { line, tab, app, uuid: await tab.uuid() };
      const since = await done(() => scanOnceAttached(scene));
      page.stale(await tab.shows("scanned", since));
      page.stale(await signsIn(scene));
      expect(line.refused).toBeGreaterThanOrEqual(2);
      page.note(`${line.refused} openings refused`);
    });
  }

  test.concurrent("sockets stop working half way: polling takes over", async (t) => {
    const page = book.open(t, "socket cut while scanned, upgrades refused from then on");
    const scene = await scanned(t, stage);
    scene.line.refusesUpgrade = 403;
    scene.line.cut();
    page.stale(await signsIn(scene));
  });

  test.concurrent("a thin line: 4 kB a second each way", async (t) => {
    const page = book.open(t, "throttled to 4 kB/s");
    const line = await lineTo(t, stage.server.port);
    line.bytesPerS = 4000;
    const tab = await tabBehind(t, stage, line);
    await tab.page.goto("/", { waitUntil: "commit" });
    const app = new App(stage.origin, await stage.token("ada"));
    const scene = { line, tab, app, uuid: await tab.uuid() };
    const since = await done(() => scanOnceAttached(scene));
    page.stale(await tab.shows("scanned", since));
    page.stale(await signsIn(scene));
  });

  test.concurrent("cut while waiting: the scan that came meanwhile is shown", async (t) => {
    const page = book.open(t, `cut while waiting, down for ${DOWN_MS} ms`);
    const scene = await waiting(t, stage);
    const down = scene.line.downFor(DOWN_MS);
    page.stale(await sees(scene.tab, "scanned", () => scene.app.scan(scene.uuid)));
    await down;
    page.stale(await signsIn(scene));
  });

  test.concurrent("cut while scanned: what was confirmed meanwhile is redeemed", async (t) => {
    const page = book.open(t, `cut while scanned, down for ${DOWN_MS} ms`);
    const scene = await scanned(t, stage);
    const down = scene.line.downFor(DOWN_MS);
    page.stale(await signsIn(scene));
    await down;
  });

  test.concurrent("cut once confirmed, before the ticket is sent: it is sent again", async (t) => {
    const page = book.open(t, `cut between confirmed and redeem, down for ${DOWN_MS} ms`);
    const { line, tab, app, uuid } = await scanned(t, stage);
    line.losesRequests = /^POST \/login\/qrcode/;
    const since = await done(() => app.confirm(uuid));
    await tab.shows("confirmed", since);
    await sleep(DOWN_MS);
    line.losesRequests = undefined;
    page.stale(await tab.shows("home", since));
    expect(line.lost).toBeGreaterThan(0);
    await expectSignedIn(tab.page);
  });

  test.concurrent("cut during redeem: the answer is lost, the login is not", async (t) => {
    const page = book.open(t, "cut during redeem, its answer lost");
    const { line, tab, app, uuid } = await scanned(t, stage);
    line.losesAnswersTo = /^POST \/login\/qrcode/;
    const since = await done(() => app.confirm(uuid));
    await expect.poll(() => line.lost, { timeout: 20_000 }).toBeGreaterThan(0);
    line.losesAnswersTo = undefined;
    page.stale(await tab.shows(/home|ended/, since));
    expect(tab.state).toBe("home");
    await expectSignedIn(tab.page);
  });
}
