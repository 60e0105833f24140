// @ts-check
// The phone page: claims the login, asks its user, sends the answer, tells what came of it.
import { call, insist } from "./client/call.js";
import { watch } from "./client/watch.js";
import { clock, fillIn, line, pick, show } from "./screen.js";
/** @import { Answer, Refusal } from "./client/call.js" */
/** @import { Claim, Decision, PhoneView } from "../src/login/view.ts" */

/** @typedef {PhoneView["browser"]} Browser */
/** @typedef {"working" | "ask" | "sending" | "verifying" | "confirmed" | "done" | "denied" | "ended"} Look */

const SCAN_LIMIT_MS = 30_000;
const AGE_EVERY_MS = 5000;
/** The second click of a double click, begun on another page, must not land on our button. */
const HOLD_MS = 1000;
/** The server mostly says in time that time is up. If not, we ask. */
const GRACE_MS = 1500;
/** By then a browser that heard of the yes is signed in, except on the slowest lines. */
const NUDGE_AFTER_MS = 5000;
/** Refusals that another try may overcome. The words of the others say what else to do. */
/** @type {Refusal["code"][]} */
const worthAnotherTry = ["not_watched", "rate_limited", "unavailable", "offline"];

/** Ends that are as the user wanted it. @type {Record<string, Look>} */
const looks = { redeemed: "done", denied: "denied" };

const { lang } = document.documentElement;
const { dataset } = pick("main");
const { uuid = "", now, computer = "", loopback } = dataset;
const ask = pick("#ask");
/** @type {NodeListOf<HTMLElement>} */
const rows = ask.querySelectorAll("dl div");
const buttons = ask.querySelectorAll("button");
const number = pick("#number");
/** @type {NodeListOf<HTMLElement>} */
const lefts = document.querySelectorAll(".time p");
const stop = pick("#stop");
const go = /** @type {HTMLButtonElement} */ (pick("#go"));
const again = pick("#again");

let claimed = false;
let browserName = "";
let endsAt = 0;
let aging = 0;
let nudge = 0;
/** @type {ReturnType<typeof watch<"phone">> | undefined} */
let channel;

const time = clock((leftS) => {
  fillIn(pick(".time"), { s: leftS });
  if (leftS > 0) return;
  if (channel) setTimeout(channel.look, GRACE_MS);
  else end("expired");
}, Infinity);

/** @param {() => unknown} act Once somebody can see the page: it may be opened in the background. */
function whenSeen(act) {
  if (!document.hidden) return void act();
  document.addEventListener("visibilitychange", () => whenSeen(act), { once: true });
}

/** Claims the login. Asked again by the same user, it tells how the login stands. */
async function scan() {
  claimed = true;
  state("working");
  /** @type {Answer<Claim>} */
  const answer = await insist("POST", `/qrcode/scan?uuid=${uuid}`, undefined, SCAN_LIMIT_MS, line);
  line(undefined);
  // Perhaps this user said yes and reloaded since: then it tells how that went.
  if (!answer.ok && answer.code === "already_used") return lookBack();
  if (!answer.ok) return refused(answer);
  browserName = nameOf(answer.body.browser);
  if (answer.body.state === "scanned") askAbout(answer.body);
  else heard(answer.body);
}

async function lookBack() {
  /** @type {Answer<PhoneView>} */
  const answer = await call("GET", `/qrcode/check?uuid=${uuid}&as=phone`);
  if (!answer.ok) return end("already_used");
  browserName = nameOf(answer.body.browser);
  heard(answer.body);
}

/** @param {Claim} asked */
function askAbout({ site, browser, far, distance_km: km, same_network: same, expires_in: leftS }) {
  const sinceS = browser.since_s;
  tell({
    browser: nameOf(browser),
    place: placeOf(browser),
    network: same === undefined ? "" : same ? dataset.same : dataset.other,
    age: ago(sinceS),
  });
  fillIn(ask, {
    km: km && new Intl.NumberFormat(lang, { maximumSignificantDigits: 2 }).format(km),
  });
  pick("#far").hidden = !km;
  pick("#far-away").hidden = !far || !!km;
  const shownAt = performance.now();
  aging = setInterval(
    () => fillIn(ask, { age: ago(sinceS + (performance.now() - shownAt) / 1000) }),
    AGE_EVERY_MS,
  );
  const isOurs = site.host === location.host;
  state("ask", isOurs ? "ask" : "ask_client", {
    client: `${site.name} (${site.host || loopback})`,
  });
  expect(leftS);
}

/** What is not known is left out. @param {Record<string, string | undefined>} facts */
function tell(facts) {
  fillIn(ask, facts);
  for (const row of rows) row.hidden = !row.lastElementChild?.textContent;
}

/** Sends the user's decision until it is answered. Sent twice, it counts once. @param {boolean} yes */
async function decide(yes) {
  state("sending");
  const url = `/qrcode/${yes ? "confirm" : "cancel"}?uuid=${uuid}`;
  const limitMs = Math.max(0, endsAt - performance.now());
  /** @type {Answer<Decision>} */
  const answer = await insist("POST", url, undefined, limitMs, line);
  line(undefined);
  if (answer.ok) heard(answer.body);
  else refused(answer);
}

/** @param {Decision & Pick<PhoneView, "reason">} login */
function heard(login) {
  switch (login.state) {
    case "verifying":
      state("verifying");
      number.textContent = login.verify_code ?? "";
      return follow(login.expires_in);
    case "confirmed":
      if (dataset.state !== "confirmed") {
        state("confirmed");
        // Someone who moves the mouse there makes that page check its connection.
        nudge = setTimeout(() => show("confirmed", "nudge"), NUDGE_AFTER_MS);
      }
      return follow(login.expires_in);
    case "redeemed":
      return end("redeemed", { browser: browserName || computer });
    case "cancelled":
      return end(login.reason ?? "denied");
    case "expired":
      return end(login.reason === "too_many_attempts" ? login.reason : "unfinished");
    case "pending":
    case "scanned":
      return; // nothing new
  }
}

/** Now it is the browser's turn: listens for how it ends. @param {number} leftS */
function follow(leftS) {
  channel ??= watch("phone", uuid, { view: heard, left: expect, refused, trouble: line });
  expect(leftS);
}

/** @param {number} leftS */
function expect(leftS) {
  endsAt = performance.now() + leftS * 1000;
  time.set(leftS, true);
}

/** @param {Refusal} refusal */
function refused({ code }) {
  // Reload at most once: if that did not bring the sign-in page, a second will not.
  if (code === "unauthenticated" && history.state !== "reloaded") {
    history.replaceState("reloaded", "");
    return location.reload();
  }
  end(code);
}

/** @param {string} key @param {Record<string, string | undefined>} [values] */
function end(key, values) {
  channel?.stop();
  channel = undefined;
  line(undefined);
  state(looks[key] ?? "ended", key, values);
  again.hidden = !worthAnotherTry.some((code) => code === key);
}

/**
 * @param {Look} look
 * @param {string} [key] @param {Record<string, string | undefined>} [values]
 */
function state(look, key, values) {
  const focused = document.activeElement?.closest("button");
  time.stop();
  clearTimeout(nudge);
  if (look !== "ask") clearInterval(aging);
  show(look, key, values);
  ask.hidden = look !== "ask" && look !== "sending";
  for (const button of buttons) button.disabled = look === "sending";
  for (const left of lefts) left.hidden = left.id !== `left-${look}`;
  number.hidden = look !== "verifying";
  stop.hidden = look !== "verifying";
  again.hidden = true;
  go.hidden = true;
  if (focused) pick("#say").focus();
}

/** @param {Browser} browser */
function nameOf({ name, os }) {
  return [name, os].filter(Boolean).join(", ");
}

/** City, region and country, each said once. @param {Browser} browser */
function placeOf({ city, region, country }) {
  return [...new Set([city, region, country && countryName(country)])].filter(Boolean).join(", ");
}

/** @param {string} country */
function countryName(country) {
  try {
    return new Intl.DisplayNames(lang, { type: "region" }).of(country);
  } catch {
    return country; // not in ISO 3166: the edge has codes of its own, such as "T1" for Tor
  }
}

/** @param {number} seconds */
function ago(seconds) {
  if (seconds < 10) return now;
  const words = new Intl.RelativeTimeFormat(lang);
  if (seconds < 60) return words.format(-Math.floor(seconds / 10) * 10, "second");
  return words.format(-Math.floor(seconds / 60), "minute");
}

pick("#no").addEventListener("click", () => void decide(false));
pick("#yes").addEventListener("click", () => void decide(true));
stop.addEventListener("click", () => void decide(false));
for (const button of [go, again]) button.addEventListener("click", () => void scan());
addEventListener("pageshow", ({ persisted }) => {
  if (persisted && claimed && !channel) void scan();
});
whenSeen(() => {
  if (go.hidden) return void scan();
  setTimeout(() => (go.disabled = false), HOLD_MS);
});
