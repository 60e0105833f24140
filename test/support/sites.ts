/** What people do between a site and its login page, and what they see at the site. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { strings } from "../../src/pages/language.ts";
import { button, readCode, untilAttached } from "./people.ts";
import type { Recipe } from "./recipes.ts";
import type { Stage } from "./stage.ts";

const { en } = strings;

/** Ada signs in at the recipe's site. @param ask what leads the desktop from there to the code */
export async function signInByScan(
  stage: Stage,
  desktop: Page,
  ask: () => Promise<unknown>,
): Promise<void> {
  const [phone] = await Promise.all([stage.phone("ada"), untilAttached(desktop), ask()]);
  await phone.goto(await readCode(desktop));
  await phone.getByText("Sign in to Acme (an app on that computer)?").waitFor();
  await button(phone, en.phone.yes).tap();
}

/** Whom a recipe's front page names. */
export async function nameAt(page: Page): Promise<unknown> {
  const { name } = JSON.parse(await page.locator("body").innerText()) as { name: unknown };
  return name;
}

/** Signing out at the site reached scan-login: what was granted there is over, by its own word. */
export async function grantEnds({ server }: Stage, { clientId }: Recipe): Promise<void> {
  const told = new RegExp(`"audit":"grant.ended".*"site":"${clientId}"`);
  await expect.poll(() => server.output, { timeout: 10_000 }).toMatch(told);
}
