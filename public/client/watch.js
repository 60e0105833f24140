// @ts-check
// Delivers the views of one login, whatever the network does: by socket, by polling where sockets
// fail, and again after sleep, a change of network or a restart of the server.
import { browser, call } from "./call.js";
/** @import { Answer, Environment, Refusal } from "./call.js" */
/** @import { BrowserView, Checked, PhoneView } from "../../src/login/view.ts" */

/** @typedef {{ browser: BrowserView, phone: PhoneView }} Views */
/**
 * @template View
 * @typedef {object} Listener
 * @property {(view: View) => void} view A newer version of the login.
 * @property {(expiresInS: number) => unknown} left The same version, and how long it has left.
 * @property {(refusal: Refusal) => void} refused The server will say no more.
 * @property {(trouble: Refusal | undefined) => void} trouble Why nothing is heard; undefined once it is again.
 */

/** @type {Set<BrowserView["state"]>} */
const endings = new Set(["redeemed", "cancelled", "expired"]);
const OPEN_LIMIT_MS = 4000;
/**
 * Only a missing pong shows that a socket is dead.
 * - attended: someone scanned or is at the page, so find out before a ticket expires.
 * - trial: one ping per code, early enough that a scan can still be confirmed.
 * - forgetful: a pong was missed before, so ping often enough that proxies keep the connection.
 */
const PING_AFTER_MS = { attended: 5000, trial: 50_000, forgetful: 25_000 };
let forgetful = false;
const PONG_LIMIT_MS = 5000;
const BACKOFF_MAX_MS = 15_000;
/** After this many sockets in a row that never opened, poll as well. */
const OPENINGS_FAILED_MAX = 2;

/**
 * @template {keyof Views} Side
 * @param {Side} side The waiting browser, or the phone of the user who scanned.
 * @param {string} uuid
 * @param {Listener<Views[Side]>} on
 * @param {Environment} [env]
 */
export function watch(side, uuid, on, env = browser) {
  const query = `?uuid=${encodeURIComponent(uuid)}${side === "phone" ? "&as=phone" : ""}`;
  const leaving = new AbortController();
  let version = -1;
  let pending = true;
  /** @type {ReturnType<Environment["connect"]> | undefined} */
  let socket;
  let heard = false;
  let openedAt = 0;
  let heardAt = 0;
  let tried = false;
  let looking = false;
  let tries = 0;
  let openingsFailed = 0;
  /** The server asked to be left alone until then (`Retry-After`). */
  let quietUntil = 0;

  /** One timer per duty. @type {Record<string, ReturnType<typeof setTimeout>>} */
  const timers = {};
  /** @param {"connect" | "look" | "limit" | "ping"} duty @param {number} ms @param {() => unknown} act */
  function after(duty, ms, act) {
    never(duty);
    timers[duty] = setTimeout(
      () => {
        delete timers[duty];
        act();
      },
      Math.max(0, ms),
    );
  }
  /** @param {string} duty */
  function never(duty) {
    clearTimeout(timers[duty]);
    delete timers[duty];
  }
  /** Doubles, with jitter, so that not everybody comes back at once after a restart. */
  function backoff() {
    const ms = Math.min(BACKOFF_MAX_MS, 500 * 2 ** tries++) * (0.5 + Math.random() / 2);
    return Math.max(ms, quietUntil - performance.now());
  }

  function connect() {
    if (socket) return;
    const ws = env.connect(`/qrcode/ws${query}`);
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
      if (data !== "pong") take(JSON.parse(String(data)));
    });
    ws.addEventListener("close", () => lose(ws));
    ws.addEventListener("error", () => lose(ws));
    after("limit", OPEN_LIMIT_MS, () => lose(ws));
  }

  /** @param {number} quietMs Counted from the last message. */
  function expectPing(quietMs) {
    if (!socket || !heard) return;
    after("ping", heardAt + quietMs - performance.now(), ping);
  }

  /** Gives a socket up, and looks for another way. @param {NonNullable<typeof socket>} ws */
  function lose(ws) {
    if (socket !== ws) return;
    socket = undefined;
    ws.close();
    never("ping");
    never("limit");
    // One that worked for a while ends the row of failures.
    if (heard && performance.now() - openedAt >= PING_AFTER_MS.attended) tries = 0;
    after("connect", backoff(), connect);
    if (heard) return;
    openingsFailed++;
    // A script cannot read why an upgrade was refused. A plain request can.
    after("look", quietUntil - performance.now(), look);
  }

  function ping() {
    if (!socket || !heard || timers["limit"] || env.isHidden()) return;
    const asked = socket;
    asked.send("ping");
    after("limit", PONG_LIMIT_MS, () => {
      forgetful = true;
      lose(asked);
    });
  }

  /** Asks once, and goes on asking while no socket opens. */
  async function look() {
    if (looking || leaving.signal.aborted) return;
    looking = true;
    /** @type {Answer<Checked<Views[Side]>>} */
    const answer = await call("GET", `/qrcode/check${query}`, undefined, env);
    looking = false;
    if (leaving.signal.aborted) return;
    if (answer.ok) {
      on.trouble(undefined);
      if (openingsFailed >= OPENINGS_FAILED_MAX) after("look", answer.body.poll_after * 1000, look);
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

  /** Takes a view, whichever way it came. @param {Views[Side]} view */
  function take(view) {
    if (leaving.signal.aborted || view.version < version) return;
    if (view.version === version) {
      on.left(view.expires_in);
      return;
    }
    version = view.version;
    pending = view.state === "pending";
    if (!pending) expectPing(PING_AFTER_MS.attended);
    if (endings.has(view.state)) stop();
    on.view(view);
  }

  /** After sleep an open socket may be dead, and a long wait has lost its reason. */
  function wake() {
    if (env.isHidden()) return;
    tries = 0;
    if (socket) ping();
    else after("connect", quietUntil - performance.now(), connect);
  }

  /** Someone is at the page, perhaps because they scanned and saw nothing happen. */
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
  env.on(["online", "pageshow", "visibilitychange"], wake, signal);
  env.on(["pointermove", "pointerdown", "keydown", "focus"], attend, signal);
  // An open socket would keep the page out of the back/forward cache.
  env.on(["pagehide"], () => socket && lose(socket), signal);
  connect();

  return { take, look, stop };
}
