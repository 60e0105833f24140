/** Two hundred tabs that reload at the same moment: real ones, and as many more as a machine bears. */
import { expect, test } from "vitest";
import { App, granted } from "../support/http-login.ts";
import { openLogin, untilAttached } from "../support/people.ts";
import type { Stage } from "../support/stage.ts";
import type { Book } from "../support/faults/book.ts";
import { addressOf, HttpTab } from "../support/faults/http-tab.ts";
import { Tab } from "../support/faults/tab.ts";

/** Real pages cost most of a core to load, so the rest are sockets with cookies. */
const REAL_TABS = 20;
const HTTP_TABS = 180;
/** A browser keeps sixteen codes at most. */
const TABS_PER_BROWSER = 5;
const AT_ONCE = 20;
/** Twenty pages share what cores there are, and other test files run beside them. */
const PATIENCE_MS = 120_000;
const TEST_PATIENCE_MS = 300_000;

export function manyTabs(stage: Stage, book: Book): void {
  test(
    "200 tabs reload at once: each waits again, and hears of its own scan alone",
    { timeout: TEST_PATIENCE_MS },
    async (t) => {
      const entry = book.open(t, `${REAL_TABS + HTTP_TABS} tabs reload at once`);
      const [tabs, httpTabs] = [await realTabs(), await openHttpTabs()];
      t.onTestFinished(async () => {
        for (const tab of httpTabs) tab.close();
        await Promise.all(tabs.map(({ page }) => page.context().close()));
      });

      const from = performance.now();
      const sinceReload = () => Math.round(performance.now() - from);
      const reloadSockets = async () => {
        await Promise.all(httpTabs.map((tab) => tab.reload()));
        const ms = sinceReload();
        await forAll(httpTabs, async (tab, i) => {
          const heard = new Promise<number>((resolve) => {
            tab.onView = ({ state }) => state === "scanned" && resolve(performance.now());
          });
          const since = await scan(tab.uuid, i);
          entry.stale((await heard) - since);
        });
        return ms;
      };
      const reloadPages = async () => {
        await Promise.all(tabs.map(reload));
        const ms = sinceReload();
        await forAll(tabs, async (tab, i) => {
          const since = await scan(await tab.uuid(), HTTP_TABS + i);
          entry.stale(await tab.shows("scanned", since));
        });
        return ms;
      };
      // Sockets are back long before pages are, and their codes must not grow old meanwhile.
      const [sockets, pages] = await Promise.all([reloadSockets(), reloadPages()]);
      entry.note(
        `wait again: sockets after ${sockets} ms, ${REAL_TABS} real pages after ${pages} ms`,
      );

      for (const { heard } of httpTabs) {
        expect(heard.map(({ state }) => state)).toEqual(["pending", "scanned"]);
      }
    },
  );

  async function realTabs(): Promise<Tab[]> {
    const browsers = await Promise.all(
      Array.from({ length: REAL_TABS / TABS_PER_BROWSER }, () => stage.desktop()),
    );
    const others = browsers.flatMap((first) =>
      Array.from({ length: TABS_PER_BROWSER - 1 }, () => first.context().newPage()),
    );
    const pages = [...browsers, ...(await Promise.all(others))];
    for (const page of pages) page.setDefaultTimeout(PATIENCE_MS);
    const tabs = await Promise.all(pages.map((page) => Tab.of(page)));
    await forAll(tabs, ({ page }) => openLogin(page), 4);
    return tabs;
  }

  async function openHttpTabs(): Promise<HttpTab[]> {
    const tabs = Array.from(
      { length: HTTP_TABS },
      (_, i) => new HttpTab(stage.origin, addressOf(i)),
    );
    await forAll(tabs, async (tab) => {
      await tab.load();
      await tab.listen();
    });
    return tabs;
  }

  /** By a phone with an address of its own. @returns when the server had done it */
  async function scan(uuid: string, index: number): Promise<number> {
    const headers = { "CF-Connecting-IP": addressOf(index) };
    await granted(new App(stage.origin, await stage.token("ada"), headers).scan(uuid));
    return performance.now();
  }
}

async function reload({ page }: Tab): Promise<void> {
  const attached = untilAttached(page);
  await page.reload();
  await attached;
}

/** So many at a time. */
async function forAll<T>(
  list: readonly T[],
  act: (item: T, index: number) => Promise<void>,
  atOnce = AT_ONCE,
): Promise<void> {
  const rest = [...list.entries()];
  const worker = async () => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
      await act(next[1], next[0]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
