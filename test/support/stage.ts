/** What a test file plays on: one server, one Chromium, and as many people as it asks for. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, vi } from "vitest";
import { launchChromium } from "./chromium.ts";
import { accountToken } from "./http-login.ts";
import { Server } from "./server.ts";

/** Waits are generous, as machines differ; nothing here measures time. */
const PATIENCE_MS = 30_000;
const TEST_PATIENCE_MS = 180_000;
const OUTPUT_SHOWN_CHARS = 4000;

/** What the phone calls a desktop is read from this. */
const DESKTOP_AGENT =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

export class Stage {
  #server: Server | undefined;
  #browser: Browser | undefined;
  /** Exceptions that no page should have had, of all tests of the file. */
  readonly scriptErrors: string[] = [];
  readonly #tokens = new Map<string, Promise<string>>();

  async open(vars: Record<string, string>): Promise<void> {
    // One by one: a browser that does not start leaves no server behind.
    this.#browser = await launchChromium();
    this.#server = await Server.start(vars);
  }

  async close(): Promise<void> {
    await Promise.all([this.#browser?.close(), this.#server?.remove()]);
  }

  get server(): Server {
    if (this.#server === undefined) throw new Error("the stage is not open yet");
    return this.#server;
  }

  get origin(): string {
    return this.server.origin;
  }

  /** A desktop browser with cookies of its own: 1280×800, English, unless told otherwise. */
  async desktop(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#context({
      viewport: { width: 1280, height: 800 },
      userAgent: DESKTOP_AGENT,
      ...options,
    });
    return context.newPage();
  }

  /**
   * A phone's browser: 390×844, touch. With a username it remembers that demo account, which saves
   * signing in, of which the server allows only so many a minute.
   */
  async phone(username?: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#context({
      viewport: { width: 390, height: 844 },
      isMobile: true,
      hasTouch: true,
      ...options,
    });
    if (username !== undefined) await this.#remember(context, username);
    return context.newPage();
  }

  /** A demo account's token: one per account and file. */
  token(username: string): Promise<string> {
    let token = this.#tokens.get(username);
    if (token === undefined) {
      token = accountToken(this.origin, username);
      this.#tokens.set(username, token);
    }
    return token;
  }

  async #remember(context: BrowserContext, username: string): Promise<void> {
    const value = await this.token(username);
    await context.addCookies([
      { name: "account", value, url: this.origin, httpOnly: true, sameSite: "Lax" },
    ]);
  }

  async #context(options: BrowserContextOptions): Promise<BrowserContext> {
    if (this.#browser === undefined) throw new Error("the stage is not open yet");
    const context = await this.#browser.newContext({
      locale: "en-US",
      baseURL: this.origin,
      ...options,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    context.on("weberror", (fault) => this.scriptErrors.push(String(fault.error().stack)));
    return context;
  }
}

/** Opens a stage for the test file that calls it. @param vars as of `Server.start`, or a way to them */
export function useStage(
  vars: Record<string, string> | (() => Promise<Record<string, string>>) = {},
): Stage {
  const stage = new Stage();
  vi.setConfig({ testTimeout: TEST_PATIENCE_MS, hookTimeout: TEST_PATIENCE_MS });
  beforeAll(async () => stage.open(typeof vars === "function" ? await vars() : vars));
  afterAll(async () => {
    await stage.close();
    expect(stage.scriptErrors).toEqual([]);
  });
  afterEach(({ task }) => {
    if (task.result?.state !== "fail") return;
    console.error(
      `${task.name}: the server said\n${stage.server.output.slice(-OUTPUT_SHOWN_CHARS)}`,
    );
  });
  return stage;
}
