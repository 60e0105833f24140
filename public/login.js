// @ts-check
// The login page: says what became of its code, redeems the ticket, fetches the next code.
import { call, insist } from "./client/call.js";
import { watch } from "./client/watch.js";
import { clock, fillIn, line, pick, show } from "./screen.js";
/** @import { Answer, Refusal } from "./client/call.js" */
/** @import { BrowserView, Minted, Redeemed } from "../src/login/view.ts" */

/** How many codes in a row come by themselves, without a scan: a forgotten tab must cost nothing. */
const RENEWALS_MAX = 5;
/** How long an ending can be read before the next code comes. */
const READ_MS = 5000;
/** The server mostly says in time that time is up. If not, we ask. */
const GRACE_MS = 1500;
const WORDS_LEFT_S = 20;
const FETCH_LIMIT_MS = 120_000;
/** @type {Set<BrowserView["state"]>} */
const saidYes = new Set(["verifying", "confirmed", "redeemed"]);

const { dataset } = pick("main");
const { returnTo = "/", uuid: firstUuid = "", expiresIn, request } = dataset;
const qr = pick(".qr");
const avatar = pick(".avatar");
const form = pick("form");
const code = /** @type {HTMLInputElement} */ (pick("#code"));
const again = pick("#again");
const left = pick("#left");

let uuid = firstUuid;
let renewals = 0;
/** Whether the ticket of this code is being redeemed, or may have been. */
let redeeming = false;
let renewing = false;
let next = 0;
/** Names our redemption, so that it can be repeated if its answer is lost. */
let attempt = crypto.getRandomValues(new Uint32Array(4)).join("-");
/** @type {ReturnType<typeof watch<"browser">>} */
let channel;

const time = clock((leftS) => {
  left.hidden = leftS === 0;
  fillIn(left, { s: leftS });
  if (leftS === 0) next = setTimeout(() => channel.look(), GRACE_MS);
}, WORDS_LEFT_S);

/** @param {number} expiresInS */
function begin(expiresInS) {
  redeeming = false;
  state("waiting");
  time.set(expiresInS, true);
  channel = watch("browser", uuid, {
    view,
    left: (leftS) => redeeming || time.set(leftS, false),
    refused,
    trouble: line,
  });
}

/** @param {BrowserView} login */
function view(login) {
  const { user } = login;
  switch (login.state) {
    case "pending":
      return time.set(login.expires_in, false);
    case "scanned":
    case "verifying":
      renewals = 0;
      keep(login);
      state(login.state, login.state, { name: user?.name });
      portray(user);
      return time.set(login.expires_in, true);
    case "confirmed":
      keep(login);
      state("confirmed", "confirmed", { name: user?.name });
      portray(user);
      return void redeem(login);
    case "redeemed":
      return void (redeeming || settle("already_used"));
    case "cancelled":
      if (request && login.reason === "denied") return void redeem({});
      return end(login.reason ?? "denied", READ_MS);
    case "expired":
      return login.reason === "too_many_attempts" ? end(login.reason, READ_MS) : end("expired", 0);
  }
}

/**
 * Remembers a scanned login in this tab: a reload must come back to it, and to a redemption that may
 * have got through. The ticket is worth nothing without the cookie, which no script can read.
 * @param {BrowserView | undefined} login
 */
function keep(login) {
  try {
    sessionStorage.kept = login ? JSON.stringify({ ...login, uuid, attempt, request }) : "";
  } catch {
    // Storage is blocked: a reload will begin anew.
  }
}

/** @returns {(BrowserView & { uuid: string, attempt: string }) | undefined} */
function kept() {
  try {
    const login = JSON.parse(sessionStorage.kept);
    return login.request === request ? login : undefined;
  } catch {
    return undefined;
  }
}

/** @param {Refusal} refusal */
function refused({ code: why }) {
  if (why === "expired" || why === "unknown_uuid") return end("expired", 0);
  if (why === "cancelled") return end("denied", READ_MS);
  if (why === "already_used") return void settle(why);
  end(why);
}

/**
 * Sends the ticket until it is answered. `already_used` may mean our own redemption, whose answer
 * was lost: whether this browser is signed in tells.
 * @param {Partial<BrowserView>} login
 */
async function redeem({ ticket, time: issued, expires_in: withinS = 30 }) {
  if (redeeming) return;
  redeeming = true;
  const path = request ? "/oauth/redeem" : "/login/qrcode";
  const body = { uuid, ticket, time: issued, return_to: returnTo, attempt, request };
  /** @type {Answer<Redeemed>} */
  const answer = await insist("POST", path, body, withinS * 1000, line);
  line(undefined);
  if (answer.ok && request) (await import("./for-site.js")).goOn(answer.body);
  else if (answer.ok) leave(answer.body.return_to);
  else if (answer.code === "already_used" || answer.code === "expired") await settle(answer.code);
  else end(answer.code);
}

/** Goes on if this browser is signed in after all; else says why not. @param {string} why */
async function settle(why) {
  channel.stop();
  if (request) return end(why === "expired" ? "unfinished" : why);
  const me = await insist("GET", "/me", undefined, 30_000, line);
  line(undefined);
  if (me.ok) leave(returnTo);
  else end(me.code === "offline" ? "offline" : why === "expired" ? "unfinished" : why);
}

/** @param {string} to */
function leave(to) {
  keep(undefined);
  channel.stop();
  state("redeemed");
  const url = new URL(to, location.href);
  location.replace(url.origin === location.origin ? url : "/");
}

/**
 * Ends this code. The next one comes after `renewInMs`, or, without it, on a click.
 * @param {string} why @param {number} [renewInMs]
 */
function end(why, renewInMs) {
  keep(undefined);
  channel.stop();
  line(undefined);
  const byItself = renewInMs !== undefined && renewals < RENEWALS_MAX;
  const givenUp = why === "rate_limited" || why === "unavailable" ? "unfinished" : why;
  state("ended", byItself || renewInMs === undefined ? givenUp : "idle");
  if (byItself) next = setTimeout(renewWhenSeen, renewInMs, why);
}

/** @param {string} why */
function renewWhenSeen(why) {
  if (document.hidden) {
    document.addEventListener("visibilitychange", () => renewWhenSeen(why), { once: true });
    return;
  }
  renewals++;
  void renew(why);
}

/** @param {string} [why] What is said meanwhile. */
async function renew(why) {
  if (renewing) return;
  renewing = true;
  clearTimeout(next);
  const wasScanned = dataset.state === "scanned";
  state("fresh", why);
  if (wasScanned && (await hasGoneOn())) {
    renewing = false;
    return;
  }
  channel.stop();
  // Redeemed, although the answer was lost? Then there is nothing to renew.
  if (redeeming && !request && (await call("GET", "/me")).ok) return leave(returnTo);
  /** @type {Answer<Required<Minted>>} */
  const answer = await insist(
    "GET",
    `/qrcode/get?svg=1&instead_of=${uuid}&for_site=${request ? 1 : ""}`,
    undefined,
    FETCH_LIMIT_MS,
    (trouble, waitS) => {
      if (trouble.code === "offline") line(trouble);
      else state("fresh", trouble.code, { s: waitS });
    },
  );
  line(undefined);
  renewing = false;
  if (!answer.ok && answer.code === "not_your_browser") return location.reload();
  if (!answer.ok) return end(answer.code);
  ({ uuid } = answer.body);
  draw(answer.body.svg);
  begin(answer.body.expires_in);
}

/** The user may have said yes while our connection was dead. */
async function hasGoneOn() {
  /** @type {Answer<BrowserView>} */
  const answer = await call("GET", `/qrcode/check?uuid=${uuid}`);
  if (answer.ok && saidYes.has(answer.body.state)) {
    channel.take(answer.body);
    return true;
  }
  return redeeming;
}

/** @param {string} svg */
function draw(svg) {
  const drawn = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  qr.setAttribute("viewBox", drawn.getAttribute("viewBox") ?? "");
  qr.firstElementChild?.setAttribute("d", drawn.querySelector("path")?.getAttribute("d") ?? "");
  /** @type {HTMLAnchorElement | null} */
  const elsewhere = document.querySelector("#elsewhere");
  if (!elsewhere) return;
  const url = new URL(elsewhere.href);
  url.searchParams.set("uuid", uuid);
  elsewhere.href = url.href;
}

/** @param {BrowserView["user"]} user */
function portray(user) {
  if (!user) return;
  const [initial = "?"] = user.name.trim();
  avatar.textContent = initial.toUpperCase();
  if (!user.avatar) return;
  const img = new Image();
  img.alt = "";
  img.addEventListener("load", () => avatar.replaceChildren(img));
  img.src = user.avatar;
}

/**
 * @param {"waiting" | "scanned" | "verifying" | "confirmed" | "redeemed" | "fresh" | "ended"} look
 * @param {string} [key] @param {Record<string, string | number | undefined>} [values]
 */
function state(look, key, values) {
  const focused = pick(".door").contains(document.activeElement);
  clearTimeout(next);
  if (look !== "waiting") time.stop();
  show(look, key, values);
  left.hidden = true;
  avatar.hidden = !["scanned", "confirmed", "redeemed"].includes(look);
  form.hidden = look !== "verifying";
  again.hidden = look !== "ended" && look !== "scanned";
  // Once scanned it is only a way out, for when somebody else did.
  again.classList.toggle("link", look === "scanned");
  if (look === "verifying") {
    code.value = "";
    code.focus();
  } else if (focused) pick(again.hidden ? "#say" : "#again").focus();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void enter();
});
again.addEventListener("click", () => void renew());

/** Sends the number that the phone shows. Never by itself: one wrong number ends the login. */
async function enter() {
  /** @type {Answer<BrowserView>} */
  const answer = await call("POST", "/login/verify", { uuid, code: code.value });
  line(answer.ok ? undefined : answer);
  if (answer.ok) channel.take(answer.body);
  else if (answer.passing) await channel.look();
  else refused(answer);
}

/** Goes on with a login that was scanned before a reload, else waits on the code in the page. */
async function start() {
  const login = kept();
  if (login) {
    /** @type {Answer<BrowserView>} */
    const answer = await call("GET", `/qrcode/check?uuid=${login.uuid}`);
    if (answer.ok && (answer.body.state === "scanned" || saidYes.has(answer.body.state))) {
      ({ uuid, attempt } = login);
      begin(answer.body.expires_in);
      // Redeemed, yet still here: the answer was lost. The same attempt is answered again.
      return channel.take(answer.body.state === "redeemed" ? login : answer.body);
    }
    keep(undefined);
  }
  begin(Number(expiresIn));
}

void start();
