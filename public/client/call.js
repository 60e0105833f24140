// @ts-check
// Calls to the server. Every answer is a value; nothing is thrown.
/** @import { RefusalCode } from "../../src/core/refusal.ts" */

/**
 * `offline`: nothing of ours answered. `passing`: worth trying again.
 * @typedef {{ ok: false, code: RefusalCode | "offline", passing: boolean, retryAfterS?: number }} Refusal
 */
/** @template T @typedef {{ ok: true, body: T } | Refusal} Answer */

/** A page's own globals. @type {any} */
const page = globalThis;
/** What the client takes from the page it runs in. In Node, bring your own. */
export const browser = {
  /** @param {string} path @param {RequestInit} init @returns {Promise<Response>} */
  fetch: (path, init) => fetch(path, init),
  /** @param {string} path @returns {Pick<WebSocket, "addEventListener" | "send" | "close">} */
  connect: (path) => new WebSocket(page.location.origin.replace("http", "ws") + path),
  /** @returns {boolean} */
  isHidden: () => page.document.hidden,
  /** @param {string[]} types @param {() => void} act @param {AbortSignal} signal */
  on(types, act, signal) {
    for (const type of types) {
      const target = type === "visibilitychange" ? page.document : page;
      target.addEventListener(type, act, { signal, passive: true });
    }
  },
};
/** @typedef {typeof browser} Environment */

const ANSWER_LIMIT_MS = 10_000;

/**
 * @template T
 * @param {"GET" | "POST"} method
 * @param {string} path
 * @param {object} [body]
 * @param {Environment} [env]
 * @returns {Promise<Answer<T>>}
 */
export async function call(method, path, body, env = browser) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), ANSWER_LIMIT_MS);
  try {
    const response = await env.fetch(path, {
      method,
      signal: limit.signal,
      cache: "no-store",
      ...(body && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
    // The page of a captive portal or a proxy is no JSON: it fails here, and counts as offline.
    /** @type {any} */
    const json = await response.json();
    if (response.ok) return { ok: true, body: json };
    const retryAfterS = Number(response.headers.get("retry-after")) || 0;
    const passing = response.status === 429 || response.status >= 500;
    return { ok: false, code: json.code, passing, retryAfterS };
  } catch {
    return { ok: false, code: "offline", passing: true };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Repeats a call until its answer is final, or `limitMs` has passed.
 * @template T
 * @param {"GET" | "POST"} method
 * @param {string} path
 * @param {object | undefined} body
 * @param {number} limitMs
 * @param {(refusal: Refusal, waitS: number) => void} waiting Told before each wait.
 * @param {Environment} [env]
 * @returns {Promise<Answer<T>>}
 */
export async function insist(method, path, body, limitMs, waiting, env = browser) {
  const until = performance.now() + limitMs;
  for (let tries = 0; ; tries++) {
    /** @type {Answer<T>} */
    const answer = await call(method, path, body, env);
    if (answer.ok || !answer.passing) return answer;
    const backoffS = Math.min(8, 0.5 * 2 ** tries) * (0.5 + Math.random() / 2);
    const waitS = Math.max(backoffS, answer.retryAfterS ?? 0);
    if (performance.now() + waitS * 1000 > until) return answer;
    waiting(answer, Math.ceil(waitS));
    const waited = new AbortController();
    await new Promise((wake) => {
      setTimeout(wake, waitS * 1000);
      env.on(["online"], () => wake(undefined), waited.signal);
    });
    waited.abort();
  }
}
