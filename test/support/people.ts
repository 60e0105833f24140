/** What people do with the pages, and what they see there. */
import type { Page } from "playwright-core";
import { vi } from "vitest";
import { fill } from "../../src/pages/fill.ts";
import { strings } from "../../src/pages/language.ts";
import type { Strings } from "../../src/pages/words/en.ts";
import { decodeQr } from "./decode.ts";

const { en } = strings;

/** Opens the login page, and waits until the server knows that this browser waits. */
export async function openLogin(page: Page, path = "/"): Promise<void> {
  await Promise.all([untilAttached(page), page.goto(path)]);
}

/** A socket of this page has heard from the server: its code can be scanned. */
export async function untilAttached(page: Page): Promise<void> {
  for (;;) {
    const socket = await page.waitForEvent("websocket");
    try {
      await socket.waitForEvent("framereceived");
      return;
    } catch {
      // It failed before it was heard: the page opens another.
    }
  }
}

/** What a camera reads off the screen, as soon as there is a code on it. */
export async function readCode(page: Page): Promise<string> {
  return vi.waitFor(
    async () => {
      const text = decodeQr(await page.screenshot());
      if (text === undefined) throw new Error("no code to be seen");
      return text;
    },
    { timeout: 20_000, interval: 200 },
  );
}

/** The login page on the one, its code read off the screen and opened on the other. @returns the code */
export async function openCode(desktop: Page, phone: Page): Promise<string> {
  await openLogin(desktop);
  const code = await readCode(desktop);
  await phone.goto(code);
  return code;
}

export function uuidIn(url: string): string {
  return new URL(url).searchParams.get("uuid") ?? "";
}

/** Signs in on the phone's page with a demo account. */
export async function signIn(
  phone: Page,
  username: string,
  password = `${username}-demo`,
  words: Strings["signIn"] = en.signIn,
): Promise<void> {
  await phone.getByLabel(words.username).fill(username);
  await phone.getByLabel(words.password).fill(password);
  await phone.getByRole("button", { name: words.go }).tap();
}

/** Signs in, and goes on: after a form of ours the page cannot know that it was scanned for. */
export async function signInAndGoOn(
  phone: Page,
  username: string,
  words: Strings = en,
): Promise<void> {
  await signIn(phone, username, `${username}-demo`, words.signIn);
  await goOn(phone, words);
}

/** What a page asks that no camera opened. */
export async function goOn(phone: Page, words: Strings = en): Promise<void> {
  await phone.locator("main.phone").getByRole("button", { name: words.phone.go }).click();
}

export function button(page: Page, name: string) {
  return page.getByRole("button", { name, exact: true });
}

/** Waits until the page says this: a heading and the sentence below it. */
export async function says(
  page: Page,
  [title, text]: readonly [string, string],
  values: Record<string, string> = {},
): Promise<void> {
  await page.getByRole("heading", { name: fill(title, values), exact: true }).waitFor();
  await page.getByText(fill(text, values), { exact: true }).waitFor();
}

/** Waits until this browser is signed in and on the home page. */
export async function greets(page: Page, name: string, words = en.home): Promise<void> {
  await page.getByRole("heading", { name: fill(words.hello, { name }) }).waitFor();
}
