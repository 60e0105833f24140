// @ts-check
// What both pages show: words, and the time left. Every sentence is in the page already; a script
// only picks it and fills it in.
/** @import { Refusal } from "./client/call.js" */

/**
 * The one element of a selector that the server has rendered.
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function pick(selector) {
  return /** @type {HTMLElement} */ (document.querySelector(selector));
}

const main = pick("main");

/**
 * Fills in the elements marked `data-f`.
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
 * Shows a state: its saying, which the live region announces, the title, and the look of the page.
 * @param {string} state For the style sheet.
 * @param {string} [key] The saying, if not the state's own. One that the page lacks becomes `failed`.
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
 * Shows the small line about the connection, or hides it.
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
 * The time left, as a bar that runs out by itself: no script wakes up meanwhile.
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
        // Steps too fine to see, and no frame drawn between them.
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
