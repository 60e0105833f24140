/** The phone's page behind a bad line: its user's word arrives once, and it hears what came of it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { expect, test, type TestContext } from "vitest";
import { strings } from "../../src/pages/language.ts";
import { button, says } from "../support/people.ts";
import type { Stage } from "../support/stage.ts";
import type { Book } from "../support/faults/book.ts";
import type { Line } from "../support/faults/proxy.ts";
import { lineTo, waiting, type Scene } from "../support/faults/scene.ts";
import { Tab } from "../support/faults/tab.ts";

const { phone: words } = strings.en;
const LOST_FOR_MS = 2500;

export interface PhoneScene extends Scene {
  readonly phone: Tab;
  readonly phoneLine: Line;
}

/** A browser that waits, and a phone's page that asks its user; each behind a line of its own. */
export async function asking(
  t: TestContext,
  stage: Stage,
  port = stage.server.port,
): Promise<PhoneScene> {
  const scene = await waiting(t, stage, port);
  const phoneLine = await lineTo(t, port);
  const page = await stage.phone("ada", { baseURL: phoneLine.origin });
  t.onTestFinished(() => page.context().close());
  const phone = await Tab.of(page);
  await page.goto(`/qrcode/scan?uuid=${scene.uuid}`);
  await phone.shows("ask", 0);
  return { ...scene, phone, phoneLine };
}

export function tapYes(page: Page): Promise<void> {
  return button(page, words.yes).tap();
}

export function phoneFaults(stage: Stage, book: Book): void {
  test.concurrent("the browser is gone: the phone, which polls, hears that nobody was signed in", async (t) => {
    const page = book.open(t, "phone polls; the browser never redeems");
    const { tab, phone, phoneLine } = await asking(t, stage);
    phoneLine.refusesUpgrade = 403;
    await tab.page.close();
    await tapYes(phone.page);
    await phone.shows("ended", 0);
    await says(phone.page, words.states.unfinished);
    page.note(`${phoneLine.refused} openings refused`);
  });

  test.concurrent("the yes whose answer was lost is sent again, and the page says so meanwhile", async (t) => {
    const page = book.open(t, `the answers to yes are lost for ${LOST_FOR_MS} ms`);
    const { tab, phone, phoneLine } = await asking(t, stage);
    phoneLine.losesAnswersTo = /^POST \/qrcode\/confirm/;
    await tapYes(phone.page);
    await phone.page.getByText(words.line.offline, { exact: true }).waitFor();
    const since = performance.now();
    await sleep(LOST_FOR_MS);
    phoneLine.losesAnswersTo = undefined;
    await tab.shows("home", 0);
    page.stale(await phone.shows("done", since));
    expect(await phone.page.getByText(words.line.offline, { exact: true }).count()).toBe(0);
    page.note(`${phoneLine.lost} answers lost`);
  });

  test.concurrent("the no whose answer was lost is sent again", async (t) => {
    const page = book.open(t, `the answers to no are lost for ${LOST_FOR_MS} ms`);
    const { tab, phone, phoneLine } = await asking(t, stage);
    phoneLine.losesAnswersTo = /^POST \/qrcode\/cancel/;
    await button(phone.page, words.no).tap();
    await phone.page.getByText(words.line.offline, { exact: true }).waitFor();
    const since = performance.now();
    await sleep(LOST_FOR_MS);
    phoneLine.losesAnswersTo = undefined;
    page.stale(await phone.shows("denied", since));
    await says(phone.page, words.states.denied);
    await tab.shows("ended", 0);
  });

  test.concurrent("the phone is cut off after its yes, and hears of it all the same", async (t) => {
    const page = book.open(t, `phone cut off after its yes, down for ${LOST_FOR_MS} ms`);
    const { tab, phone, phoneLine, line } = await asking(t, stage);
    line.losesRequests = /^POST \/login\/qrcode/;
    await tapYes(phone.page);
    await phone.shows("confirmed", 0);
    const down = phoneLine.downFor(LOST_FOR_MS);
    line.losesRequests = undefined;
    await tab.shows("home", 0);
    page.stale(await phone.shows("done", performance.now()));
    await down;
  });

  test.concurrent("no socket for the phone: it polls, and hears of the sign-in", async (t) => {
    const page = book.open(t, "upgrade refused to the phone");
    const { tab, phone, phoneLine } = await asking(t, stage);
    phoneLine.refusesUpgrade = 400;
    await tapYes(phone.page);
    await tab.shows("home", 0);
    page.stale(await phone.shows("done", performance.now()));
  });
}
