/** From the narrowest phone to a wall: nothing runs off the side, and the code can be scanned. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { langs, strings } from "../../src/pages/language.ts";
import { decodeQr } from "../support/decode.ts";
import { HttpBrowser } from "../support/http-login.ts";
import { loginScenes, phoneScenes } from "../support/page-scenes.ts";
import {
  button,
  openLogin,
  readCode,
  says,
  signInAndGoOn,
  untilAttached,
} from "../support/people.ts";
import { Player } from "../support/scenes.ts";
import { useStage } from "../support/stage.ts";

const { en } = strings;
/** A host long enough for two lines on a phone. */
const stage = useStage({ SITE_NAME: "login.northwindtraders.example.org" });

const screens = [
  [320, 568],
  [390, 844],
  [1280, 720],
  [1920, 1080],
  [3840, 2160],
] as const;

test.concurrent.each(screens)(
  "at %i×%i the code is whole, and nothing scrolls sideways",
  async (width, height) => {
    const desktop = await stage.desktop({ viewport: { width, height } });
    await openLogin(desktop);
    expect(await sidewaysScroll(desktop)).toBe(0);
    // The screenshot is of the screen, not of the page: what has to be scrolled to is not on it.
    expect(decodeQr(await desktop.screenshot())).toMatch(/\/qrcode\/scan\?uuid=/);
  },
);

/** A small phone, upright and on its side. */
const small = langs.flatMap((lang) => [[lang, 320, 568] as const, [lang, 568, 320] as const]);

/** Of the login page: what must be seen at once, in its states. */
const atOnce: [keyof typeof en.login.states, string[]][] = [
  ["waiting", [".qr", "#say"]],
  ["scanned", [".avatar", "#say", "#again"]],
  ["verifying", ["#code", "form button", "#say"]],
  ["denied", ["#again", "#say"]],
  ["not_your_browser", ["#again", "#say"]],
];

test.concurrent.each(small)(
  "in %s at %i×%i, code, words and first button of the login page are on the screen",
  async (lang, width, height) => {
    const page = await stage.desktop({ viewport: { width, height } });
    const player = await Player.at(page);
    for (const [state, parts] of atOnce) {
      player.scene = loginScenes.find(([key]) => key === state)?.[1] ?? {};
      await page.goto(`/?lang=${lang}`);
      await page.getByRole("heading", { name: strings[lang].login.states[state][0] }).waitFor();
      for (const part of parts) await expectOnScreen(page, part);
      expect(await sidewaysScroll(page), state).toBe(0);
      expect(await brokenLabels(page)).toEqual([]);
    }
  },
);

test.concurrent.each(langs)(
  "in %s the question, its warning, both answers and the time left are on a screen of 320×568",
  async (lang) => {
    const page = await stage.phone("ada", { viewport: { width: 320, height: 568 } });
    const player = await Player.at(page);
    const { uuid } = await new HttpBrowser(stage.origin).mint();
    for (const [, scene] of phoneScenes(new URL(stage.origin).host).filter(
      ([key]) => key === "ask",
    )) {
      player.scene = scene;
      await page.goto(`/qrcode/scan?uuid=${uuid}&lang=${lang}`);
      for (const part of ["#say", "dl", "#ask .warn", "#no", "#yes", "#left-ask"]) {
        await expectOnScreen(page, part);
      }
      expect(await sidewaysScroll(page)).toBe(0);
      expect(await brokenLabels(page)).toEqual([]);
      const [no, yes] = await Promise.all(
        ["#no", "#yes"].map((answer) => page.locator(answer).boundingBox()),
      );
      expect([no?.width, no?.height]).toEqual([yes?.width, yes?.height]);
    }
  },
);

test.concurrent.each([
  [320, 568],
  [1280, 800],
])("with text twice as large, at %i×%i, nothing scrolls sideways", async (width, height) => {
  const viewport = { width, height };
  const [desktop, phone] = await Promise.all([
    stage.desktop({ viewport }),
    stage.phone(undefined, { viewport, isMobile: false }),
  ]);
  for (const page of [desktop, phone]) await enlargeText(page);
  await openLogin(desktop);
  expect(await sidewaysScroll(desktop)).toBe(0);
  const uuid = (await desktop.locator("main").getAttribute("data-uuid")) ?? "";
  await phone.goto(`/qrcode/scan?uuid=${uuid}`);
  await phone.getByLabel(en.signIn.username).waitFor();
  expect(await sidewaysScroll(phone)).toBe(0);
  await signInAndGoOn(phone, "ada");
  await button(phone, en.phone.yes).waitFor();
  expect(await sidewaysScroll(phone)).toBe(0);
  expect(await sidewaysScroll(desktop)).toBe(0);
});

test.concurrent("in the dark the code is still dark on light, as scanners need it", async () => {
  const desktop = await stage.desktop({ colorScheme: "dark" });
  await openLogin(desktop);
  expect(await readCode(desktop)).toMatch(/\/qrcode\/scan\?uuid=/);
  const fresh = untilAttached(desktop);
  await desktop.reload();
  await fresh;
  await says(desktop, en.login.states.waiting);
});

async function expectOnScreen(page: Page, part: string): Promise<void> {
  const box = await page.locator(part).boundingBox();
  const size = page.viewportSize();
  if (box === null || size === null) throw new Error(`${part} is not to be seen`);
  expect(box.y, part).toBeGreaterThanOrEqual(0);
  expect(box.y + box.height, part).toBeLessThanOrEqual(size.height);
  expect(box.x + box.width, part).toBeLessThanOrEqual(size.width);
}

/** Parts of a host that are broken inside: each is a text node of its own, in one line or not. */
async function brokenLabels(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`[...document.querySelectorAll("bdi")]
    .flatMap(({ childNodes }) => [...childNodes])
    .filter((node) => {
      const range = document.createRange();
      range.selectNodeContents(node);
      return new Set([...range.getClientRects()].map(({ top }) => top)).size > 1;
    })
    .map(({ textContent }) => textContent)`);
}

/** What a browser's own setting for the size of text does. */
async function enlargeText(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Page.setFontSizes", { fontSizes: { standard: 32, fixed: 26 } });
}

async function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate<number>(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
}
