/** axe-core finds nothing in any state of any page: light and dark, English and Chinese. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { strings } from "../../src/pages/language.ts";
import { axeFindings } from "../support/axe.ts";
import { App, HttpBrowser } from "../support/http-login.ts";
import { greets, openLogin, says, signIn } from "../support/people.ts";
import { loginScenes, phoneScenes } from "../support/page-scenes.ts";
import { Player } from "../support/scenes.ts";
import { useStage } from "../support/stage.ts";

const stage = useStage();

const looks = [
  { locale: "en-US", colorScheme: "light", lang: "en" },
  { locale: "zh-CN", colorScheme: "dark", lang: "zh-Hans" },
] as const;

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
