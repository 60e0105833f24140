// @ts-check
// What both pages share: calls to the server, the words to show, the time left. Every sentence is
// in the page already; here it is only picked and filled in.

/**
 * `code` is the contract's, or `offline` when nothing of ours answered. `passing`: worth trying again.
 * @typedef {{ ok: false, code: string, passing: boolean, retryAfterS?: number }} Refusal
 */
/**
 * @template T
 * @typedef {{ ok: true, body: T } | Refusal} Answer
 */

const ANSWER_LIMIT_MS = 10_000;

/**
 * @template T
 * @param {"GET" | "POST"} method
 * @param {string} url
 * @param {object} [body]
 * @returns {Promise<Answer<T>>}
 */
export async function call(method, url, body) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), ANSWER_LIMIT_MS);
  try {
    const response = await fetch(url, {
      method,
      signal: limit.signal,
      cache: "no-store",
      ...(body && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
    // A captive portal or a proxy's error page is no answer: it fails here and counts as offline.
    const json = await response.json();
    if (response.ok) return { ok: true, body: json };
    const retryAfterS = Number(response.headers.get("retry-after") ?? json.retry_after) || 0;
    const passing = response.status === 429 || response.status >= 500;
    return { ok: false, code: String(json.code), passing, retryAfterS };
  } catch {
    return { ok: false, code: "offline", passing: true };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Calls until it is answered for good, or `limitMs` has passed. For calls that may be repeated.
 * @template T
 * @param {"GET" | "POST"} method
 * @param {string} url
 * @param {object | undefined} body
 * @param {number} limitMs
 * @param {(refusal: Refusal, waitS: number) => void} waiting Told before each wait.
 * @returns {Promise<Answer<T>>}
 */
export async function insist(method, url, body, limitMs, waiting) {
  const until = performance.now() + limitMs;
  for (let tries = 0; ; tries++) {
    /** @type {Answer<T>} */
    const answer = await call(method, url, body);
    if (answer.ok || !answer.passing) return answer;
    const backoffS = Math.min(8, 0.5 * 2 ** tries) * (0.5 + Math.random() / 2);
    const waitS = Math.max(backoffS, answer.retryAfterS ?? 0);
    if (performance.now() + waitS * 1000 > until) return answer;
    waiting(answer, Math.ceil(waitS));
    await new Promise((wake) => {
      setTimeout(wake, waitS * 1000);
      addEventListener("online", wake, { once: true });
    });
  }
}

/**
 * The one element there is for a selector: the server rendered it.
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function pick(selector) {
  return /** @type {HTMLElement} */ (document.querySelector(selector));
}

/** What this tab remembers across a reload: nothing, where the browser keeps storage from pages. */
export const memory = {
  /** @param {string} key */
  recall(key) {
    try {
      return sessionStorage.getItem(key);
    } catch {
      return null;
    }
  },
  /** @param {string} key @param {string} value @returns whether it will be remembered */
  keep(key, value) {
    try {
      sessionStorage.setItem(key, value);
      return true;
    } catch {
      return false;
    }
  },
};

const main = pick("main");

/**
 * Fills the places `data-f` under an element.
 * @param {ParentNode} under
 * @param {Record<string, string | number | undefined>} values
 */
export function fillIn(under, values) {
  /** @type {NodeListOf<HTMLElement>} */
  const places = under.querySelectorAll("[data-f]");
  for (const place of places) {
    const value = values[place.dataset.f ?? ""];
    if (value !== undefined) place.textContent = String(value);
  }
}

/**
 * Shows a state: its saying, announced by the live region, the tab's title, and the look of the page.
 * @param {string} state What the style sheet is told.
 * @param {string} [key] The saying, where it is not the state's own; one we lack becomes `failed`.
 * @param {Record<string, string | number | undefined>} [values]
 */
export function show(state, key = state, values = {}) {
  const words = template(`say-${key}`) ?? template("say-failed");
  if (!words) return;
  fillIn(words, values);
  main.dataset.state = state;
  document.title = `${words.firstElementChild?.textContent} · ${main.dataset.site}`;
  pick("#say").replaceChildren(words);
}

/**
 * Shows the small line about the connection, or takes it away.
 * @param {Refusal | undefined} trouble
 * @param {number} [waitS]
 */
export function line(trouble, waitS = trouble?.retryAfterS) {
  const busy = trouble && trouble.code !== "offline" && waitS;
  const words = trouble && template(busy ? "line-busy" : "line-offline");
  if (words) fillIn(words, { s: waitS });
  pick("#line").replaceChildren(...(words ? [words] : []));
}

/** @param {string} id */
function template(id) {
  const found = /** @type {HTMLTemplateElement | null} */ (document.getElementById(id));
  return /** @type {DocumentFragment | undefined} */ (found?.content.cloneNode(true));
}

/**
 * The time left: a bar that runs out by itself, without waking anything meanwhile.
 * @param {(leftS: number) => void} tick Told each second of the last `wordsS`, and 0 at the end.
 * @param {number} wordsS
 */
export function clock(tick, wordsS) {
  const bar = pick(".bar i");
  let endsAt = 0;
  let timer = 0;
  let wholeS = 0;

  function turn() {
    const leftS = Math.max(0, Math.round((endsAt - performance.now()) / 1000));
    if (leftS <= wordsS) tick(leftS);
    if (leftS > 0) timer = setTimeout(turn, leftS > wordsS ? (leftS - wordsS) * 1000 : 1000);
  }
  return {
    /** @param {number} leftS @param {boolean} anew A new deadline: the bar starts full. */
    set(leftS, anew) {
      wholeS = anew ? leftS : Math.max(wholeS, leftS);
      endsAt = performance.now() + leftS * 1000;
      for (const running of bar.getAnimations()) running.cancel();
      bar.animate([{ transform: `scaleX(${leftS / (wholeS || 1)})` }, { transform: "scaleX(0)" }], {
        duration: leftS * 1000,
        fill: "forwards",
        // Finer than anybody sees, and no new frame in between.
        easing: `steps(${Math.max(1, leftS * 4)})`,
      });
      clearTimeout(timer);
      turn();
    },
    stop() {
      clearTimeout(timer);
    },
  };
}
