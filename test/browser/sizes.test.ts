/** From the narrowest phone to a wall: nothing runs off the side, and the code can be scanned. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { strings } from "../../src/pages/language.ts";
import { decodeQr } from "../support/decode.ts";
import {
  button,
  openCode,
  openLogin,
  readCode,
  says,
  signIn,
  untilAttached,
} from "../support/people.ts";
import { useStage } from "../support/stage.ts";

const { en } = strings;
const stage = useStage();

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

test.concurrent("the phone's pages do not scroll sideways, and both answers are on a phone's screen at once", async () => {
  for (const viewport of [
    { width: 390, height: 844 },
    { width: 320, height: 568 },
  ]) {
    const [desktop, phone] = await Promise.all([
      stage.desktop(),
      stage.phone(undefined, { viewport }),
    ]);
    await openCode(desktop, phone);
    await phone.getByLabel(en.signIn.username).waitFor();
    expect(await sidewaysScroll(phone)).toBe(0);
    await signIn(phone, "ada");
    await button(phone, en.phone.yes).waitFor();
    expect(await sidewaysScroll(phone)).toBe(0);
    if (viewport.height < 800) continue;
    for (const name of [en.phone.no, en.phone.yes]) {
      const box = await button(phone, name).boundingBox();
      expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThanOrEqual(viewport.height);
    }
  }
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

async function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate<number>(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
}
