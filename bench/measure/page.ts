/** 6: a real Chromium with a cold cache on a slow line: when is the code there, when does the page listen. */
import type { Browser, Page } from "playwright-core";
import { setTimeout as sleep } from "node:timers/promises";
import { startLine, type Line } from "../lib/line.ts";
import type { Scale } from "../lib/scale.ts";
import { median, p99, shuffled } from "../lib/stats.ts";
import type { Findings } from "../lib/table.ts";

const LINE = { bitsPerS: 1_600_000, roundTripMs: 150 };
const READY_WITHIN_MS = 30_000;
const PARTS_BYTES_MAX = 14 * 1024;

export interface Site {
  readonly name: string;
  readonly port: number;
  /** The one the others are compared with. */
  readonly isSubject?: boolean;
}

interface Load {
  readonly codeMs: number;
  readonly listeningMs: number;
  /** On the wire, with all headers. */
  readonly down: number;
  readonly up: number;
  /** Document, styles and scripts as they came: compressed, without headers. */
  readonly parts: number;
  readonly requests: number;
}

export async function measurePage(
  sites: readonly Site[],
  browser: Browser,
  scale: Scale,
): Promise<Findings> {
  const lines = new Map<Site, Line>();
  for (const site of sites) lines.set(site, await startLine(site.port, LINE));
  const loads = new Map<Site, Load[]>(sites.map((site) => [site, []]));
  try {
    // The first load of all also starts parts of the browser; people's browsers are running.
    for (const line of lines.values()) await loadOnce(browser, line);
    for (let i = 0; i < scale.pageLoads; i++) {
      for (const [site, line] of shuffled([...lines]))
        loads.get(site)?.push(await loadOnce(browser, line));
    }
  } finally {
    for (const line of lines.values()) line.stop();
  }

  const of = (site: Site | undefined, what: keyof Load) =>
    ((site && loads.get(site)) ?? []).map((load) => load[what]);
  const subject = sites.find(({ isSubject }) => isSubject);
  const usual = sites.find((site) => site !== subject);
  const ahead = median(of(usual, "codeMs")) / median(of(subject, "codeMs"));
  const parts = median(of(subject, "parts"));
  return {
    tables: [
      {
        title: "6. In Chromium, cold, at 1.6 Mbit/s and 150 ms",
        columns: {
          page: "page",
          "code visible ÷ scan-login": "ratio",
          "code visible, median ms": "code",
          "p99 ms": "codeP99",
          "listening, median ms": "listening",
          "HTML + CSS + JS, bytes": "parts",
          "all bytes down": "down",
          "all bytes up": "up",
          requests: "requests",
        },
        rows: sites.map((site) => ({
          page: site.name,
          ratio: median(of(site, "codeMs")) / median(of(subject, "codeMs")),
          code: median(of(site, "codeMs")),
          codeP99: p99(of(site, "codeMs")),
          listening: median(of(site, "listeningMs")),
          parts: median(of(site, "parts")),
          down: median(of(site, "down")),
          up: median(of(site, "up")),
          requests: median(of(site, "requests")),
        })),
        notes: [
          "Counted from navigation. Visible: the code is in the document, has a size, and the frame with it was painted. Listening: the socket's first message has come.",
          "The line is a proxy with one bandwidth, each connection's handshake and TCP's slow start, in front of plain HTTP/1.1. TLS would cost both pages the same one round trip more.",
        ],
      },
    ],
    verdicts: [
      {
        promise: "Code visible at least 1.5× sooner than the usual page",
        found: `${ahead.toFixed(2)}×`,
        holds: ahead >= 1.5,
      },
      {
        promise: "HTML, CSS and JS of the login page within 14 KB compressed",
        found: `${parts.toLocaleString("en")} bytes`,
        holds: parts <= PARTS_BYTES_MAX,
      },
    ],
  };
}

async function loadOnce(browser: Browser, line: Line): Promise<Load> {
  // A context of its own: nothing cached, no cookie, no connection left over.
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(watchPage);
    let requests = 0;
    page.on("request", () => requests++);
    page.on("websocket", () => requests++);
    line.forget();
    await page.goto(line.origin, { waitUntil: "commit", timeout: READY_WITHIN_MS });
    const seen = await whenReady(page);
    // What is still under way belongs to the page as well.
    await sleep(2 * LINE.roundTripMs);
    return { ...seen, parts: await partsOf(page), ...line.carried(), requests };
  } finally {
    await context.close();
  }
}

function partsOf(page: Page): Promise<number> {
  return page.evaluate(() =>
    [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
      .map((entry) => entry as PerformanceResourceTiming)
      .filter(
        ({ initiatorType, name }) => initiatorType === "navigation" || /\.(css|js)$/.test(name),
      )
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
  );
}

async function whenReady(page: Page): Promise<{ codeMs: number; listeningMs: number }> {
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  while (Date.now() < giveUpAt) {
    // A function, since the page's policy rightly forbids to evaluate text.
    const { codeMs, listeningMs } = await page.evaluate(
      () => (globalThis as { bench?: Marks }).bench ?? {},
    );
    if (codeMs !== undefined && listeningMs !== undefined) return { codeMs, listeningMs };
    await sleep(100);
  }
  throw new Error(`${page.url()} did not show a code and listen in time`);
}

interface Marks {
  codeMs?: number;
  listeningMs?: number;
}

/** Runs in the page, before anything of its own. */
function watchPage(): void {
  const bench: Marks = {};
  Object.assign(globalThis, { bench });

  const look = () => {
    const codeIsThere = [...document.querySelectorAll("svg path, canvas, img")].some((element) => {
      const { width, height } = element.getBoundingClientRect();
      return width > 100 && height > 100;
    });
    if (!codeIsThere) return void requestAnimationFrame(look);
    // The frame after the next begins when the one with the code is on its way to the screen.
    requestAnimationFrame(() => {
      const painted = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
      bench.codeMs = Math.max(performance.now(), painted);
    });
  };
  requestAnimationFrame(look);

  const Bare = WebSocket;
  const hear = () => (bench.listeningMs ??= performance.now());
  globalThis.WebSocket = class extends Bare {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener("message", hear, { once: true });
    }
  };
}
