/** axe-core finds nothing in any state of any page, in any language, colours and width. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { fill } from "../../src/pages/fill.ts";
import { strings } from "../../src/pages/language.ts";
import { axeFindings } from "../support/axe.ts";
import { App, HttpBrowser } from "../support/http-login.ts";
import { button, greets, openLogin, says, signIn } from "../support/people.ts";
import { loginScenes, phoneScenes } from "../support/page-scenes.ts";
import { Player } from "../support/scenes.ts";
import { useStage } from "../support/stage.ts";

const stage = useStage();

const light = { colorScheme: "light" } as const;
const dark = { colorScheme: "dark" } as const;
/** Seen without a reload: whoever has the page open may change these. */
const everyLook = [
  { ...light, forcedColors: "none", width: 1280 },
  { ...dark, forcedColors: "none", width: 320 },
  { ...dark, forcedColors: "none", width: 1280 },
  { ...light, forcedColors: "active", width: 320 },
] as const;
const looks = [
  { locale: "en-US", ...light, lang: "en" },
  { locale: "zh-CN", ...dark, lang: "zh-Hans" },
  { locale: "zh-TW", ...light, lang: "zh-Hant" },
] as const;

test.concurrent.each(looks)(
  "axe finds nothing in any state of the login page, $lang",
  async ({ lang, ...look }) => {
    const page = await stage.desktop({ ...look, reducedMotion: "reduce" });
    const player = await Player.at(page);
    const { states } = strings[lang].login;
    for (const [key, scene] of loginScenes) {
      player.scene = scene;
      await page.goto("/");
      await page.getByRole("heading", { name: states[key][0], exact: true }).waitFor();
      await expectNothingFoundInAnyLook(page, `login-${key}-${lang}`);
    }
  },
);

test.concurrent.each(looks)(
  "axe finds nothing in any state of the phone's page, $lang",
  async ({ lang, ...look }) => {
    const page = await stage.phone("ada", { ...look, reducedMotion: "reduce" });
    const player = await Player.at(page);
    const { uuid } = await new HttpBrowser(stage.origin).mint();
    const { states, go, yes: sayYes } = strings[lang].phone;
    for (const [key, scene] of phoneScenes(new URL(stage.origin).host)) {
      player.scene = scene;
      await page.goto(`/qrcode/scan?uuid=${uuid}`);
      if (scene.plays?.["POST /qrcode/confirm"])
        await page.getByRole("button", { name: sayYes }).tap();
      const title = fill(states[key][0], {
        browser: "Chrome, macOS",
        site: new URL(stage.origin).host,
        name: "Ada Lovelace",
        client: "Acme (acme.example)",
      });
      // The page reloads itself to ask who this is, and a page that no camera opened needs a tap.
      if (key === "unauthenticated") await button(page, go).and(page.locator(":enabled")).tap();
      await page.getByRole("heading", { name: title, exact: true }).waitFor();
      await expectNothingFoundInAnyLook(page, `phone-${key}-${lang}`);
    }
  },
);

test.concurrent.each(looks)(
  "axe finds nothing on the phone's page that no camera opened, $lang",
  async (look) => {
    const page = await stage.phone("ada", look);
    const { uuid } = await new HttpBrowser(stage.origin).mint();
    const words = strings[look.lang].phone;
    await page.goto("/favicon.svg");
    await page.evaluate(`location.href = "/qrcode/scan?uuid=${uuid}"`);
    await says(page, words.states.hold, { name: "Ada Lovelace" });
    await button(page, words.go).and(page.locator(":enabled")).waitFor();
    await expectNothingFoundInAnyLook(page, `phone-hold-${look.lang}`);
  },
);

test.concurrent.each(looks)(
  "axe finds nothing on the phone's sign-in page, nor in its errors, $lang",
  async ({ lang, ...look }) => {
    const page = await stage.phone(undefined, look);
    const { uuid } = await new HttpBrowser(stage.origin).mint();
    const words = strings[lang].signIn;
    await page.goto(`/qrcode/scan?uuid=${uuid}`);
    await expectNothingFound(page, `sign-in-${lang}`);
    for (const [username, password] of [
      ["nobody", "guess"],
      ["dora", "dora-demo"],
      ["dan", "dan-demo"],
    ] as const) {
      await signIn(page, username, password, words);
      await page.getByRole("alert").waitFor();
      await expectNothingFound(page, `sign-in-${username}-${lang}`);
    }
  },
);

test.concurrent.each(looks)(
  "axe finds nothing on the home page, $lang",
  async ({ lang, ...look }) => {
    const page = await stage.desktop(look);
    await openLogin(page);
    const uuid = (await page.locator("main").getAttribute("data-uuid")) ?? "";
    const lin = new App(stage.origin, await stage.token("lin"));
    await lin.scan(uuid);
    await lin.confirm(uuid);
    await greets(page, "林小雨", strings[lang].home);
    await expectNothingFound(page, `home-${lang}`);
  },
);

// Last, as it uses up the limits: within that minute no other test could get a code or sign in.
test("axe finds nothing on the pages for a caller that comes too often, or with a strange code", async () => {
  const { uuid } = await new HttpBrowser(stage.origin).mint();
  const pages = await Promise.all(
    looks.map(async ({ lang, ...look }) => {
      const page = await stage.phone(undefined, look);
      await page.goto(`/qrcode/scan?uuid=${uuid}`);
      return { page, words: strings[lang], name: lang };
    }),
  );
  for (const { page, words, name } of pages) {
    await untilRefused("/account/token", { method: "POST", body: guess });
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

const guess = JSON.stringify({ username: "ada", password: "a wrong one" });

/** Calls until the flood gate closes. */
async function untilRefused(path: string, init: RequestInit = {}): Promise<void> {
  for (let status = 0; status !== 429;) ({ status } = await fetch(stage.origin + path, init));
}

async function expectNothingFoundInAnyLook(page: Page, name: string): Promise<void> {
  for (const { width, ...media } of everyLook) {
    await page.emulateMedia(media);
    await page.setViewportSize({ width, height: width === 320 ? 568 : 800 });
    const { colorScheme, forcedColors } = media;
    const look = forcedColors === "active" ? "forced" : colorScheme;
    await expectNothingFound(page, `${name}-${look}-${width}`);
  }
}

/** With `SHOTS=folder` each state is left there as a picture, for people to look at. */
async function expectNothingFound(page: Page, name: string): Promise<void> {
  const folder = process.env["SHOTS"];
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name}.png`) });
  }
  // Before that its style may be missing.
  await page.waitForLoadState();
  expect(await axeFindings(page), name).toEqual([]);
}
