/** Every state that a page can be in: what it says then, and how it comes to that. */
import type { strings } from "../../src/pages/language.ts";
import type { Play, Scene } from "./scenes.ts";

const user = { name: "Ada Lovelace", avatar: "/avatars/ada.svg" };
const scanned = { state: "scanned", user } as const;
const confirmed = { state: "confirmed", user, ticket: "ticket", time: 1 } as const;
const over = { state: "expired" } as const;
const nobody = { status: 401, code: "unauthenticated" };
const noCode = { "GET /qrcode/get": "hold" } as const;

/** What the login page says (a key of its states), and how it comes to that. */
export const loginScenes: [keyof typeof strings.en.login.states, Scene][] = [
  ["waiting", { hears: { state: "pending", expires_in: 15 } }],
  ["waiting", { plays: { "GET /qrcode/check": "cut" } }],
  [
    "waiting",
    { plays: { "GET /qrcode/check": { status: 429, code: "rate_limited", retryAfterS: 9 } } },
  ],
  ["scanned", { hears: scanned }],
  ["scanned", { hears: { state: "scanned", user: { name: "Grace Hopper" } } }],
  ["verifying", { hears: { state: "verifying", user } }],
  ["confirmed", { hears: confirmed, plays: { "POST /login/qrcode": "hold" } }],
  [
    "redeemed",
    { hears: confirmed, plays: { "POST /login/qrcode": { return_to: "/on" }, "GET /on": "stay" } },
  ],
  ["denied", { hears: { state: "cancelled", reason: "denied" }, plays: noCode }],
  ["wrong_code", { hears: { state: "cancelled", reason: "wrong_code" }, plays: noCode }],
  ["too_many_attempts", { hears: { ...over, reason: "too_many_attempts" }, plays: noCode }],
  ["expired", { hears: over, plays: noCode }],
  [
    "rate_limited",
    {
      hears: over,
      plays: { "GET /qrcode/get": { status: 429, code: "rate_limited", retryAfterS: 60 } },
    },
  ],
  [
    "unavailable",
    {
      hears: over,
      plays: { "GET /qrcode/get": { status: 503, code: "unavailable", retryAfterS: 60 } },
    },
  ],
  ["unfinished", redeemAnswers({ status: 410, code: "expired" })],
  ["already_used", redeemAnswers({ status: 409, code: "already_used" })],
  ["not_your_browser", redeemAnswers({ status: 403, code: "not_your_browser" })],
  ["failed", redeemAnswers({ status: 400, code: "bad_request" })],
  [
    "offline",
    {
      hears: { ...confirmed, expires_in: 1 },
      plays: { "POST /login/qrcode": "cut", "GET /me": nobody },
    },
  ],
];

/**
 * The same of the phone's page.
 *
 * @param host the deployment's own, which signs its users in itself
 */
export function phoneScenes(host: string): [keyof typeof strings.en.phone.states, Scene][] {
  const claim = {
    ...scanned,
    expires_in: 50,
    site: { name: host, host },
    confirm_url: "/qrcode/confirm",
    cancel_url: "/qrcode/cancel",
    same_network: true,
    browser: {
      name: "Chrome",
      os: "macOS",
      city: "Lisbon",
      country: "PT",
      since_s: 75,
    },
  };
  const far = { ...claim, same_network: false, far: true, distance_km: 8999 };
  const unknown = { ...claim, same_network: undefined, browser: { name: "", os: "", since_s: 3 } };
  const yes = {
    "POST /qrcode/scan": claim,
    "POST /qrcode/confirm": { state: "confirmed", expires_in: 30 },
  };

  return [
    ["working", scanAnswers("hold")],
    ["working", scanAnswers("cut")],
    ["working", scanAnswers({ status: 429, code: "rate_limited", retryAfterS: 9 })],
    ["ask", scanAnswers(claim)],
    ["ask", scanAnswers(far)],
    ["ask", scanAnswers(unknown)],
    ["ask_client", scanAnswers({ ...claim, site: { name: "Acme", host: "acme.example" } })],
    ["sending", { plays: { "POST /qrcode/scan": claim, "POST /qrcode/confirm": "hold" } }],
    [
      "verifying",
      {
        hears: { state: "verifying", verify_code: "042" },
        plays: {
          ...yes,
          "POST /qrcode/confirm": { state: "verifying", verify_code: "042", expires_in: 50 },
        },
      },
    ],
    ["confirmed", { hears: { state: "confirmed" }, plays: yes }],
    ["redeemed", { hears: { state: "redeemed" }, plays: yes }],
    ["unfinished", { hears: over, plays: yes }],
    ["denied", { hears: { state: "cancelled", reason: "denied" }, plays: yes }],
    ["wrong_code", { hears: { state: "cancelled", reason: "wrong_code" }, plays: yes }],
    ["claimed_by_other", scanAnswers({ status: 409, code: "claimed_by_other" })],
    ["already_used", scanAnswers({ status: 409, code: "already_used" })],
    ["expired", scanAnswers({ status: 410, code: "expired" })],
    ["cancelled", scanAnswers({ status: 410, code: "cancelled" })],
    ["not_watched", scanAnswers({ status: 409, code: "not_watched" })],
    ["unknown_uuid", scanAnswers({ status: 404, code: "unknown_uuid" })],
    ["too_far", scanAnswers({ status: 403, code: "too_far" })],
    ["rate_limited", scanAnswers({ status: 429, code: "rate_limited", retryAfterS: 60 })],
    ["unavailable", scanAnswers({ status: 503, code: "unavailable", retryAfterS: 60 })],
    ["unauthenticated", scanAnswers(nobody)],
    ["failed", scanAnswers({ status: 400, code: "bad_request" })],
  ];
}

function scanAnswers(play: Play): Scene {
  return { plays: { "POST /qrcode/scan": play } };
}

function redeemAnswers(play: Play): Scene {
  return { hears: confirmed, plays: { "POST /login/qrcode": play, "GET /me": nobody } };
}
