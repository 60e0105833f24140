/** axe-core finds nothing in any state of any page: light and dark, English and Chinese. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { strings } from "../../src/pages/language.ts";
import { axeFindings } from "../support/axe.ts";
import { App, HttpBrowser } from "../support/http-login.ts";
import { greets, openLogin, says, signIn } from "../support/people.ts";
import { Player, type Play, type Scene } from "../support/scenes.ts";
import { useStage } from "../support/stage.ts";

const stage = useStage();

const looks = [
  { locale: "en-US", colorScheme: "light", lang: "en" },
  { locale: "zh-CN", colorScheme: "dark", lang: "zh-CN" },
] as const;

const user = { name: "Ada Lovelace", avatar: "/avatars/ada.svg" };
const scanned = { state: "scanned", user } as const;
const confirmed = { state: "confirmed", user, ticket: "ticket", time: 1 } as const;
const over = { state: "expired" } as const;
const nobody = { status: 401, code: "unauthenticated" };
const noCode = { "GET /qrcode/get": "hold" } as const;

/** What the login page says (a key of its states), and how it comes to that. */
const loginScenes: [keyof typeof strings.en.login.states, Scene][] = [
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
  ["fresh", { hears: over, plays: noCode }],
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

const claim = {
  ...scanned,
  expires_in: 50,
  site: "login.example",
  confirm_url: "/qrcode/confirm",
  cancel_url: "/qrcode/cancel",
  browser: {
    name: "Chrome",
    os: "macOS",
    ip: "203.0.113.7",
    city: "Lisbon",
    country: "PT",
    since_s: 75,
  },
};
const far = { ...claim, far: true, distance_km: 8999 };
const yes = {
  "POST /qrcode/scan": claim,
  "POST /qrcode/confirm": { state: "confirmed", expires_in: 30 },
};

/** The same of the phone's page. */
const phoneScenes: [keyof typeof strings.en.phone.states, Scene][] = [
  ["working", scanAnswers("hold")],
  ["working", scanAnswers("cut")],
  ["working", scanAnswers({ status: 429, code: "rate_limited", retryAfterS: 9 })],
  ["ask", scanAnswers(claim)],
  ["ask", scanAnswers(far)],
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

test.concurrent.each(looks)("the login page, $lang $colorScheme", async ({ lang, ...look }) => {
  const page = await stage.desktop({ ...look, reducedMotion: "reduce" });
  const player = await Player.at(page);
  const { states } = strings[lang].login;
  for (const [key, scene] of loginScenes) {
    player.scene = scene;
    await page.goto("/");
    await page.getByRole("heading", { name: states[key][0], exact: true }).waitFor();
    await expectNothingFound(page, `login-${key}-${look.colorScheme}`);
  }
});

test.concurrent.each(looks)("the phone's page, $lang $colorScheme", async ({ lang, ...look }) => {
  const page = await stage.phone("ada", { ...look, reducedMotion: "reduce" });
  const player = await Player.at(page);
  const { uuid } = await new HttpBrowser(stage.origin).mint();
  const { states, yes: sayYes } = strings[lang].phone;
  for (const [key, scene] of phoneScenes) {
    player.scene = scene;
    await page.goto(`/qrcode/scan?uuid=${uuid}`);
    if (scene.plays?.["POST /qrcode/confirm"])
      await page.getByRole("button", { name: sayYes }).tap();
    const title = states[key][0].replace("{browser}", "Chrome, macOS");
    await page.getByRole("heading", { name: title, exact: true }).waitFor();
    await expectNothingFound(page, `phone-${key}-${look.colorScheme}`);
  }
});

test.concurrent.each(looks)(
  "signing in on the phone, $lang $colorScheme",
  async ({ lang, ...look }) => {
    const page = await stage.phone(undefined, look);
    const { uuid } = await new HttpBrowser(stage.origin).mint();
    const words = strings[lang].signIn;
    await page.goto(`/qrcode/scan?uuid=${uuid}`);
    await expectNothingFound(page, `sign-in-${look.colorScheme}`);
    for (const [username, password] of [
      ["nobody", "guess"],
      ["dora", "dora-demo"],
      ["dan", "dan-demo"],
    ] as const) {
      await signIn(page, username, password, words);
      await page.getByRole("alert").waitFor();
      await expectNothingFound(page, `sign-in-${username}-${look.colorScheme}`);
    }
  },
);

test.concurrent.each(looks)("the home page, $lang $colorScheme", async ({ lang, ...look }) => {
  const page = await stage.desktop(look);
  await openLogin(page);
  const uuid = (await page.locator("main").getAttribute("data-uuid")) ?? "";
  const lin = new App(stage.origin, await stage.token("lin"));
  await lin.scan(uuid);
  await lin.confirm(uuid);
  await greets(page, "林小雨", strings[lang].home);
  await expectNothingFound(page, `home-${look.colorScheme}`);
});

// Last, as nobody else gets a code, or signs in, within that minute.
test("the pages for a caller that comes too often, or with a strange code, pass axe", async () => {
  const { uuid } = await new HttpBrowser(stage.origin).mint();
  const pages = await Promise.all(
    looks.map(async ({ lang, ...look }) => {
      const page = await stage.phone(undefined, look);
      await page.goto(`/qrcode/scan?uuid=${uuid}`);
      return { page, words: strings[lang], name: look.colorScheme };
    }),
  );
  for (const { page, words, name } of pages) {
    await untilRefused("/account/token", { method: "POST", body: "{}" });
    await signIn(page, "ada", "ada-demo", words.signIn);
    await page.getByRole("alert").waitFor();
    await expectNothingFound(page, `sign-in-too-often-${name}`);
    await page.goto("/qrcode/scan?uuid=6b0161b8-7c1a-8957-8781-0123456789ab");
    await says(page, words.notice.unknown_uuid);
    await expectNothingFound(page, `unknown-code-${name}`);
    await untilRefused("/qrcode/get");
    await page.goto("/");
    await says(page, words.notice.rate_limited);
    await expectNothingFound(page, `too-often-${name}`);
  }
});

function scanAnswers(play: Play): Scene {
  return { plays: { "POST /qrcode/scan": play } };
}

function redeemAnswers(play: Play): Scene {
  return { hears: confirmed, plays: { "POST /login/qrcode": play, "GET /me": nobody } };
}

/** Calls until the flood gate closes. */
async function untilRefused(path: string, init: RequestInit = {}): Promise<void> {
  for (let status = 0; status !== 429;) ({ status } = await fetch(stage.origin + path, init));
}

/** With `SHOTS=folder` each state is left there as a picture, for people to look at. */
async function expectNothingFound(page: Page, name: string): Promise<void> {
  const folder = process.env["SHOTS"];
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name}.png`) });
  }
  expect(await axeFindings(page), name).toEqual([]);
}
