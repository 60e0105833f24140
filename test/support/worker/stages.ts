/** Logins brought to a state, and what a test may look at without HTTP. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import app from "../../../src/app.ts";
import type { Login, State } from "../../../src/login/machine.ts";
import type { Decision } from "../../../src/login/view.ts";
import type { RefusalCode } from "../../../src/core/refusal.ts";
import { wireOf } from "../wire.ts";
import { Browser, newPhone, type Listener, type Phone } from "./parties.ts";

export interface Stage {
  readonly uuid: string;
  readonly browser: Browser;
  readonly phone: Phone;
  /** The browser's socket, opened when the login began. */
  readonly listener: Listener;
  /** What the phone was told to show, where the browser must enter a number; else empty. */
  readonly number: string;
}

/** What is special about a login; by default two new devices, and the Worker's own variables. */
export interface Setting {
  readonly browser?: Browser;
  readonly phone?: Phone;
  /** The browser must enter a number, near or far. */
  readonly number?: boolean;
  /** Variables of the login object, in place of the Worker's. */
  readonly vars?: Record<string, string>;
}

/** From the start to this state, by the shortest way that people take. */
export async function stageAt(state: State, setting: Setting = {}): Promise<Stage> {
  const { browser = new Browser(), number = state === "verifying" } = setting;
  const phone = setting.phone ?? (await newPhone());
  const { uuid } = await browser.mint();
  const vars = { ...(number && { VERIFY: "always" }), ...setting.vars };
  if (Object.keys(vars).length > 0) await changeVars(uuid, vars);
  const listener = await browser.listen(uuid);
  await listener.until("pending");
  return advance({ uuid, browser, phone, listener, number: "" }, state);
}

/** The object is told before anything happens in it; where it is evicted, this is forgotten. */
function changeVars(uuid: string, vars: Record<string, string>): Promise<void> {
  return runInDurableObject(env.LOGIN.getByName(uuid), (object) => {
    (object as unknown as { env: object }).env = { ...env, ...vars };
  });
}

/** From `pending` to this state. */
async function advance(stage: Stage, state: State): Promise<Stage> {
  const { uuid, browser, phone, listener } = stage;
  if (state === "pending") return stage;
  expect((await phone.scan(uuid)).status).toBe(200);
  if (state === "cancelled") expect((await phone.cancel(uuid)).status).toBe(200);
  // Any event notices a deadline that has passed; the alarm need not have rung.
  if (state === "expired") await later(121, () => browser.check(uuid));
  let number = "";
  if (state === "verifying" || state === "confirmed" || state === "redeemed") {
    const confirmed = await phone.confirm(uuid);
    expect(confirmed.status).toBe(200);
    ({ verify_code: number = "" } = await confirmed.json<Decision>());
  }
  if (state !== "verifying" && number) {
    expect((await browser.enter(uuid, number)).status).toBe(200);
  }
  if (state === "redeemed") {
    const { ticket = "", time = 0 } = await listener.until("confirmed");
    expect((await browser.redeem(uuid, { ticket, time })).status).toBe(200);
  }
  await listener.until(state);
  return { ...stage, number };
}

/** The login as its object has it stored. */
export function stored(uuid: string): Promise<Login | undefined> {
  return runInDurableObject(env.LOGIN.getByName(uuid), (_, state) => keptIn(state));
}

/** In its row; or, as long as nobody has scanned, with the socket that waits. */
export function keptIn(state: DurableObjectState): Login | undefined {
  const sockets = state.getWebSockets("browser");
  const kept = sockets.map((it) => (it.deserializeAttachment() as { pending?: Login }).pending);
  const row = state.storage.kv.get<string>("login");
  if (row !== undefined) return JSON.parse(row) as Login;
  return kept.find((login) => login !== undefined);
}

/** Does something so many seconds from now, while the clock stands still there. */
export async function later<T>(seconds: number, act: () => T | Promise<T>): Promise<T> {
  return at(Date.now() + seconds * 1000, act);
}

/** Does something at this time, in milliseconds since the epoch. */
export async function at<T>(time: number, act: () => T | Promise<T>): Promise<T> {
  vi.setSystemTime(time);
  try {
    return await act();
  } finally {
    vi.useRealTimers();
  }
}

/** A way to the same Worker with some bindings changed, and to the same objects. */
export function withBindings(changed: Record<string, unknown>) {
  const bindings = { ...env, ...changed };
  return (request: Request) => app.fetch(request, bindings);
}

/** Holds a response against the contract's table; returns the `detail`. */
export async function expectRefusal(
  response: Response,
  code: RefusalCode,
): Promise<string | undefined> {
  const { status, title } = wireOf(code);
  const body = await response.json<Record<string, unknown>>();
  const { detail, ...rest } = body;
  expect(rest).toEqual({ title, status, code });
  expect(response.status).toBe(status);
  expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect(["string", "undefined"]).toContain(typeof detail);
  return detail as string | undefined;
}
