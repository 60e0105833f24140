/** A page under test that tells when it came to show what. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";

interface Sighting {
  /** `data-state` of a page that has one, else `home`. */
  readonly state: string;
  /** Milliseconds, of `performance.now()` here. */
  readonly at: number;
}

/** Longer than a page whose line went silent needs to find out by itself. */
const SHOWS_WITHIN_MS = 75_000;
/** How often it is looked at here; the page itself reports at once. */
const LOOK_EVERY_MS = 10;

export class Tab {
  readonly page: Page;
  readonly seen: Sighting[] = [];

  private constructor(page: Page) {
    this.page = page;
  }

  /** Before the page opens anything. */
  static async of(page: Page): Promise<Tab> {
    const tab = new Tab(page);
    await page.exposeFunction("tellState", (state: string) => {
      tab.seen.push({ state, at: performance.now() });
    });
    await page.addInitScript({ content: reportStates });
    return tab;
  }

  get state(): string | undefined {
    return this.seen.at(-1)?.state;
  }

  uuid(): Promise<string> {
    return this.page.locator("main").evaluate((main) => main.dataset["uuid"] ?? "");
  }

  /**
   * Waits until this is, or was, shown.
   * @param since when it became true, by `performance.now()`
   * @param withinMs for how long it is waited for, from now
   * @returns for how long the page showed something else meanwhile, in milliseconds
   */
  async shows(state: string | RegExp, since: number, withinMs = SHOWS_WITHIN_MS): Promise<number> {
    const until = performance.now() + withinMs;
    const fits = (shown: string) =>
      typeof state === "string" ? shown === state : state.test(shown);
    while (performance.now() < until) {
      const sighting = this.seen.findLast((it) => fits(it.state));
      if (sighting && (sighting.at >= since || this.seen.at(-1) === sighting)) {
        return Math.max(0, sighting.at - since);
      }
      await sleep(LOOK_EVERY_MS);
    }
    throw new Error(`the page never showed ${String(state)}, but ${this.#history()}`);
  }

  #history(): string {
    return this.seen.map(({ state }) => state).join(" → ");
  }
}

/** Runs in the page, before its own scripts: tells each change of what it shows. */
const reportStates = `{
  let last;
  const tell = () => {
    const main = document.querySelector("main");
    if (!main) return;
    const state = main.dataset.state ?? "home";
    if (state !== last) tellState(state);
    last = state;
  };
  const watch = new MutationObserver(tell);
  watch.observe(document, { subtree: true, childList: true, attributeFilter: ["data-state"] });
  addEventListener("DOMContentLoaded", tell);
}`;
