// @ts-check
// Delivers the views of one login, whatever the network does: by socket, by polling where sockets
// fail, and again after sleep, a network change or a restart of the server.
import { call } from "./page.js";

/**
 * A login as the server tells it; times in seconds. The phone's view has `verify_code`, the
 * browser's has the rest.
 * @typedef {object} View
 * @property {number} version
 * @property {"pending" | "scanned" | "verifying" | "confirmed" | "redeemed" | "cancelled" | "expired"} state
 * @property {number} expires_in
 * @property {{ name: string, avatar?: string }} [user]
 * @property {string} [ticket]
 * @property {number} [time]
 * @property {string} [reason]
 * @property {string} [verify_code]
 * @property {number} [poll_after]
 *
 * @typedef {object} Listener
 * @property {(view: View) => void} view A newer version of the login.
 * @property {(expiresInS: number) => unknown} left The same version, the time left told afresh.
 * @property {(refusal: import("./page.js").Refusal) => void} refused The server will say no more.
 * @property {(trouble: import("./page.js").Refusal | undefined) => void} trouble Why nothing is heard, or no longer.
 */

const OPEN_LIMIT_MS = 4000;
/**
 * A line that went silent is noticed by a ping alone. Once somebody has scanned, or is at the page,
 * that must be before a ticket expires. Until then each code's line is tried once, in time for a
 * scan that waits to be confirmed; where one did go silent, as proxies forget idle lines, the next
 * are kept busy.
 */
const PING_AFTER_MS = { attended: 5000, trial: 50_000, forgetful: 25_000 };
let forgetful = false;
const PONG_LIMIT_MS = 5000;
const BACKOFF_MAX_MS = 15_000;
/** So many sockets that never opened, and polling takes over. */
const OPENINGS_FAILED_MAX = 2;

/**
 * @param {string} uuid
 * @param {Listener} on
 * @param {"phone"} [as] The claiming user's view, in place of the browser's.
 */
export function watch(uuid, on, as) {
  const query = `?uuid=${encodeURIComponent(uuid)}${as ? `&as=${as}` : ""}`;
  const leaving = new AbortController();
  let version = -1;
  let pending = true;
  /** @type {WebSocket | undefined} */
  let socket;
  let heard = false;
  let openedAt = 0;
  let heardAt = 0;
  let tried = false;
  let looking = false;
  let tries = 0;
  let openingsFailed = 0;
  /** Before this moment the server asked not to be bothered (`Retry-After`). */
  let quietUntil = 0;

  /** One timer per duty: setting it anew replaces it. @type {Record<string, number>} */
  const timers = {};
  /** @param {"connect" | "look" | "limit" | "ping"} duty @param {number} ms @param {() => unknown} act */
  function after(duty, ms, act) {
    never(duty);
    timers[duty] = setTimeout(() => {
      delete timers[duty];
      act();
    }, ms);
  }
  /** @param {string} duty */
  function never(duty) {
    clearTimeout(timers[duty]);
    delete timers[duty];
  }
  /** Doubles, with jitter: after a restart of the server not everybody comes back at once. */
  function backoff() {
    const ms = Math.min(BACKOFF_MAX_MS, 500 * 2 ** tries++) * (0.5 + Math.random() / 2);
    return Math.max(ms, quietUntil - performance.now());
  }

  function connect() {
    if (socket) return;
    const ws = new WebSocket(`${location.origin.replace("http", "ws")}/qrcode/ws${query}`);
    socket = ws;
    heard = false;
    ws.addEventListener("message", ({ data }) => {
      if (socket !== ws) return;
      const now = performance.now();
      if (!heard) openedAt = now;
      else if (now - heardAt >= PING_AFTER_MS.trial) tried = true;
      heard = true;
      heardAt = now;
      openingsFailed = 0;
      never("limit");
      never("look");
      if (!pending) expectPing(PING_AFTER_MS.attended);
      else if (forgetful) expectPing(PING_AFTER_MS.forgetful);
      else if (!tried) expectPing(PING_AFTER_MS.trial);
      on.trouble(undefined);
      if (data !== "pong") take(JSON.parse(data));
    });
    ws.addEventListener("close", () => lose(ws));
    ws.addEventListener("error", () => lose(ws));
    after("limit", OPEN_LIMIT_MS, () => lose(ws));
  }

  /** @param {number} quietMs So long after the last word. */
  function expectPing(quietMs) {
    if (!socket || !heard) return;
    after("ping", Math.max(0, heardAt + quietMs - performance.now()), ping);
  }

  /** Gives a socket up, and looks for another way. @param {WebSocket} ws */
  function lose(ws) {
    if (socket !== ws) return;
    socket = undefined;
    ws.close();
    never("ping");
    never("limit");
    // One that worked for a while is no part of a row of failures.
    if (heard && performance.now() - openedAt >= PING_AFTER_MS.attended) tries = 0;
    after("connect", backoff(), connect);
    if (heard) return;
    openingsFailed++;
    // Why an upgrade was refused no script can read; a plain request is told.
    after("look", quietUntil - performance.now(), look);
  }

  /** A proxy that swallows frames closes nothing; only a missing answer shows it. */
  function ping() {
    if (!socket || !heard || timers.limit || document.hidden) return;
    const asked = socket;
    asked.send("ping");
    after("limit", PONG_LIMIT_MS, () => {
      forgetful = true;
      lose(asked);
    });
  }

  /** Asks once. Asks again by itself while there is no socket to rely on. */
  async function look() {
    if (looking || leaving.signal.aborted) return;
    looking = true;
    /** @type {import("./page.js").Answer<View>} */
    const answer = await call("GET", `/qrcode/check${query}`);
    looking = false;
    if (leaving.signal.aborted) return;
    if (answer.ok) {
      on.trouble(undefined);
      const { poll_after = 2 } = answer.body;
      if (openingsFailed >= OPENINGS_FAILED_MAX) after("look", poll_after * 1000, look);
      take(answer.body);
    } else if (answer.passing) {
      if (answer.retryAfterS) quietUntil = performance.now() + answer.retryAfterS * 1000;
      after("look", backoff(), look);
      on.trouble(answer);
    } else {
      stop();
      on.refused(answer);
    }
  }

  /** The one place that takes a view, over whichever way it came. @param {View} view */
  function take(view) {
    if (leaving.signal.aborted || view.version < version) return;
    if (view.version === version) return on.left(view.expires_in);
    version = view.version;
    pending = view.state === "pending";
    if (!pending) expectPing(PING_AFTER_MS.attended);
    if (["redeemed", "cancelled", "expired"].includes(view.state)) stop();
    on.view(view);
  }

  /** Awake again: what was open may be dead, what was waited for need not be. */
  function wake() {
    if (document.hidden) return;
    tries = 0;
    if (socket) ping();
    else after("connect", quietUntil - performance.now(), connect);
  }

  /** Somebody is at the page, maybe because they scanned and nothing came of it. */
  function attend() {
    expectPing(PING_AFTER_MS.attended);
  }

  function stop() {
    leaving.abort();
    for (const duty of Object.keys(timers)) never(duty);
    const ws = socket;
    socket = undefined;
    ws?.close();
  }

  const { signal } = leaving;
  addEventListener("online", wake, { signal });
  addEventListener("pageshow", wake, { signal });
  document.addEventListener("visibilitychange", wake, { signal });
  for (const sign of ["pointermove", "pointerdown", "keydown", "focus"]) {
    addEventListener(sign, attend, { signal, passive: true });
  }
  // An open socket would keep the page out of the back/forward cache.
  addEventListener("pagehide", () => socket && lose(socket), { signal });
  connect();

  return { take, look, stop };
}
