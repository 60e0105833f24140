/** `VERIFY=always`: the phone shows a number, and only who has it gets in. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { strings } from "../../src/pages/language.ts";
import { axeFindings } from "../support/axe.ts";
import { button, greets, openCode, readCode, says, uuidIn } from "../support/people.ts";
import { useStage } from "../support/stage.ts";

const { en } = strings;
const stage = useStage({ VERIFY: "always" });

test.concurrent("the number on the phone, entered in the browser, signs it in", async () => {
  const { desktop, phone, number } = await confirmed();
  expect(number).toMatch(/^\d{3}$/);
  expect((await desktop.request.get("/me")).status()).toBe(401);
  expect(await axeFindings(desktop)).toEqual([]);
  expect(await axeFindings(phone)).toEqual([]);
  // Ready to be typed into, without reaching for the mouse.
  await desktop.keyboard.type(number);
  await desktop.keyboard.press("Enter");
  await greets(desktop, "Ada Lovelace");
  await says(phone, en.phone.states.redeemed, { browser: "Chrome, macOS" });
});

test.concurrent("a wrong number ends the login on both sides, and a fresh code comes", async () => {
  const { desktop, phone, number, code } = await confirmed();
  await desktop.getByLabel(en.login.number).fill(number === "123" ? "321" : "123");
  await button(desktop, en.login.enter).click();
  await says(desktop, en.login.states.wrong_code);
  await says(phone, en.phone.states.wrong_code);
  expect((await desktop.request.get("/me")).status()).toBe(401);
  await says(desktop, en.login.states.waiting);
  expect(uuidIn(await readCode(desktop))).not.toBe(uuidIn(code));
});

test.concurrent("the phone can still say no while it shows the number", async () => {
  const { desktop, phone } = await confirmed();
  await button(phone, en.phone.stop).tap();
  await says(phone, en.phone.states.denied);
  await says(desktop, en.login.states.denied);
});

/** A login up to the number. */
async function confirmed(): Promise<{ desktop: Page; phone: Page; number: string; code: string }> {
  const [desktop, phone] = await Promise.all([stage.desktop(), stage.phone("ada")]);
  const code = await openCode(desktop, phone);
  await button(phone, en.phone.yes).tap();
  await says(phone, en.phone.states.verifying);
  await says(desktop, en.login.states.verifying);
  const number = await phone.locator("#number").innerText();
  return { desktop, phone, number, code };
}
