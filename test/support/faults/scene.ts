/** One login under a fault: a browser behind a line of its own, and a phone that is not. */
import { expect, vi, type TestContext } from "vitest";
import type { Page } from "playwright-core";
import type { Answer } from "../../../public/client/call.js";
import { App, granted } from "../http-login.ts";
import { openLogin } from "../people.ts";
import type { Stage } from "../stage.ts";
import { Line } from "./proxy.ts";
import { Tab } from "./tab.ts";

export interface Scene {
  readonly line: Line;
  readonly tab: Tab;
  /** An app with its token, on a line that is always good. */
  readonly app: App;
  readonly uuid: string;
}

/** A line to the server of this stage, gone with its test. */
export async function lineTo({ onTestFinished }: TestContext, port: number): Promise<Line> {
  const line = await Line.to(port);
  onTestFinished(() => line.close());
  return line;
}

/** A desktop tab behind a line; nothing is opened yet. */
export async function tabBehind(test: TestContext, stage: Stage, line: Line): Promise<Tab> {
  const page = await stage.desktop({ baseURL: line.origin });
  test.onTestFinished(() => page.context().close());
  return Tab.of(page);
}

/** A login page that waits for its scan, with its socket open. */
export async function waiting(test: TestContext, stage: Stage, port = stage.server.port) {
  const line = await lineTo(test, port);
  const tab = await tabBehind(test, stage, line);
  await openLogin(tab.page);
  const app = new App(`http://localhost:${port}`, await stage.token("ada"));
  return { line, tab, app, uuid: await tab.uuid() } satisfies Scene;
}

/** … and was scanned. */
export async function scanned(test: TestContext, stage: Stage, port = stage.server.port) {
  const scene = await waiting(test, stage, port);
  await sees(scene.tab, "scanned", () => scene.app.scan(scene.uuid));
  return scene;
}

/** The phone does something that the page should show. @returns how long the page took */
export async function sees(
  tab: Tab,
  state: string | RegExp,
  act: () => Promise<Answer<unknown>>,
): Promise<number> {
  const since = await done(act);
  return tab.shows(state, since);
}

/** @returns when the server had done it, by `performance.now()` */
export async function done(act: () => Promise<Answer<unknown>>): Promise<number> {
  await granted(act());
  return performance.now();
}

/** Tries again, as an app does: the browser may be attached a little later. */
export async function scanOnceAttached({ app, uuid }: Pick<Scene, "app" | "uuid">) {
  return vi.waitFor(
    async () => {
      const answer = await app.scan(uuid);
      expect(answer.ok).toBe(true);
      return answer;
    },
    { timeout: 30_000, interval: 300 },
  );
}

/** Confirmed, this browser is signed in, as the right person. @returns staleness in milliseconds */
export async function signsIn({ app, tab, uuid }: Scene): Promise<number> {
  const ms = await sees(tab, "home", () => app.confirm(uuid));
  await expectSignedIn(tab.page);
  return ms;
}

export async function expectSignedIn(page: Page): Promise<void> {
  const me = await page.evaluate(async () => {
    const response = await fetch("/me");
    return response.json<{ user?: { name: string } }>();
  });
  expect(me.user?.name).toBe("Ada Lovelace");
}
