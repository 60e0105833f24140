// @ts-check
// The login page: says what became of its code, redeems the ticket, fetches the next code.
import { watch } from "./channel.js";
import { call, clock, fillIn, insist, line, memory, pick, show } from "./page.js";

/** @typedef {import("./channel.js").View} View */
/** @typedef {import("./page.js").Refusal} Refusal */

/** Codes in a row that come by themselves, without a scan: a forgotten tab must cost nothing. */
const RENEWALS_MAX = 5;
/** How long an ending is left to be read before the next code comes. */
const READ_MS = 5000;
/** The server's own word that time is up comes first, mostly; after this we ask. */
const GRACE_MS = 1500;
const WORDS_LEFT_S = 20;
const FETCH_LIMIT_MS = 120_000;

const { dataset } = pick("main");
const { returnTo = "/", uuid: firstUuid = "", expiresIn } = dataset;
const qr = pick(".qr");
const avatar = pick(".avatar");
const form = pick("form");
const code = /** @type {HTMLInputElement} */ (pick("#code"));
const again = pick("#again");
const left = pick("#left");

let uuid = firstUuid;
let renewals = 0;
/** Set while the ticket of this code is, or may have been, redeemed. */
let redeeming = false;
let renewing = false;
let next = 0;
/** Names our redemption, so that it can be repeated should its answer be lost. */
let attempt = crypto.getRandomValues(new Uint32Array(4)).join("-");
/** Where this tab remembers a login that somebody has scanned: a reload must not abandon it. */
const KEPT = "kept";
/** @type {ReturnType<typeof watch>} */
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
  channel = watch(uuid, {
    view,
    left: (leftS) => redeeming || time.set(leftS, false),
    refused,
    trouble: line,
  });
}

/** @param {View} login */
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
      return end(login.reason ?? "denied", READ_MS);
    case "expired":
      return login.reason === "too_many_attempts" ? end(login.reason, READ_MS) : end("expired", 0);
  }
}

/**
 * A reload, too, is to come back to this one, and to a redemption that may have got through. The
 * ticket is worth nothing without the cookie, which no script can read.
 * @param {View} login
 */
function keep(login) {
  memory.keep(KEPT, JSON.stringify({ ...login, uuid, attempt }));
}

/** @param {Refusal} refusal */
function refused({ code: why }) {
  if (why === "expired" || why === "unknown_uuid") return end("expired", 0);
  if (why === "cancelled") return end("denied", READ_MS);
  if (why === "already_used") return void settle(why);
  end(why);
}

/**
 * Sends the ticket until it is answered. An answer may be lost on the way: `already_used` then
 * means ourselves, and who is signed in tells.
 * @param {View} login
 */
async function redeem({ ticket, time: issued, expires_in: withinS }) {
  if (redeeming) return;
  redeeming = true;
  const body = { uuid, ticket, time: issued, return_to: returnTo, attempt };
  /** @type {import("./page.js").Answer<{ return_to: string }>} */
  const answer = await insist("POST", "/login/qrcode", body, withinS * 1000, line);
  line(undefined);
  if (answer.ok) leave(answer.body.return_to);
  else if (answer.code === "already_used" || answer.code === "expired") await settle(answer.code);
  else end(answer.code);
}

/** Goes on if this browser is signed in after all; else says why not. @param {string} why */
async function settle(why) {
  channel.stop();
  const me = await insist("GET", "/me", undefined, 30_000, line);
  line(undefined);
  if (me.ok) leave(returnTo);
  else end(me.code === "offline" ? "offline" : why === "expired" ? "unfinished" : why);
}

/** @param {string} to */
function leave(to) {
  memory.keep(KEPT, "");
  channel.stop();
  state("redeemed");
  const url = new URL(to, location.href);
  location.replace(url.origin === location.origin ? url : "/");
}

/**
 * This code is done with. The next comes after `renewInMs`, or on a click where none is given.
 * @param {string} why @param {number} [renewInMs]
 */
function end(why, renewInMs) {
  memory.keep(KEPT, "");
  channel.stop();
  line(undefined);
  const byItself = renewInMs !== undefined && renewals < RENEWALS_MAX;
  const givenUp = why === "rate_limited" || why === "unavailable" ? "unfinished" : why;
  state("ended", byItself || renewInMs === undefined ? givenUp : "idle");
  if (byItself) next = setTimeout(renewWhenSeen, renewInMs);
}

function renewWhenSeen() {
  if (document.hidden) {
    document.addEventListener("visibilitychange", renewWhenSeen, { once: true });
    return;
  }
  renewals++;
  void renew();
}

async function renew() {
  if (renewing) return;
  renewing = true;
  clearTimeout(next);
  const wasScanned = dataset.state === "scanned";
  state("fresh");
  if (wasScanned && (await hasGoneOn())) {
    renewing = false;
    return;
  }
  channel.stop();
  // Our ticket may have been taken although the answer was lost: then there is nothing to renew.
  if (redeeming && (await call("GET", "/me")).ok) return leave(returnTo);
  /** @type {import("./page.js").Answer<{ uuid: string, expires_in: number, svg: string }>} */
  const answer = await insist(
    "GET",
    `/qrcode/get?svg=1&instead_of=${uuid}`,
    undefined,
    FETCH_LIMIT_MS,
    (why, waitS) => {
      if (why.code === "offline") line(why);
      else state("fresh", why.code, { s: waitS });
    },
  );
  line(undefined);
  renewing = false;
  if (!answer.ok) return end(answer.code);
  ({ uuid } = answer.body);
  draw(answer.body.svg);
  begin(answer.body.expires_in);
}

/** Where a line went silent, the yes may have been said, and not been heard here. */
async function hasGoneOn() {
  /** @type {import("./page.js").Answer<View>} */
  const answer = await call("GET", `/qrcode/check?uuid=${uuid}`);
  if (answer.ok && ["verifying", "confirmed", "redeemed"].includes(answer.body.state)) {
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

/** @param {View["user"]} user */
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
  const focused = pick(".cover").contains(document.activeElement);
  clearTimeout(next);
  if (look !== "waiting") time.stop();
  show(look, key, values);
  left.hidden = true;
  avatar.hidden = !["scanned", "confirmed", "redeemed"].includes(look);
  form.hidden = look !== "verifying";
  again.hidden = look !== "ended" && look !== "scanned";
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

/** Sends the number that the phone shows. One wrong entry ends the login: never sent by itself. */
async function enter() {
  /** @type {import("./page.js").Answer<View>} */
  const answer = await call("POST", "/login/verify", { uuid, code: code.value });
  line(answer.ok ? undefined : answer);
  if (answer.ok) channel.take(answer.body);
  else if (answer.passing) await channel.look();
  else refused(answer);
}

/** A login that was scanned before a reload goes on; else the code that came with the page waits. */
async function start() {
  /** @type {(View & { uuid: string, attempt: string }) | null} */
  const kept = JSON.parse(memory.recall(KEPT) || "null");
  if (kept) {
    /** @type {import("./page.js").Answer<View>} */
    const answer = await call("GET", `/qrcode/check?uuid=${kept.uuid}`);
    if (
      answer.ok &&
      ["scanned", "verifying", "confirmed", "redeemed"].includes(answer.body.state)
    ) {
      ({ uuid, attempt } = kept);
      begin(answer.body.expires_in);
      // Redeemed, and still here: the answer was lost, and the same attempt is answered again.
      return channel.take(answer.body.state === "redeemed" ? kept : answer.body);
    }
    memory.keep(KEPT, "");
  }
  begin(Number(expiresIn));
}

void start();
