/** Leading a signed-in phone to a code's address must not be enough to have the code claimed. */
import { expect, test } from "vitest";
import { strings } from "../../src/pages/language.ts";
import { Browser } from "../support/worker/parties.ts";
import { stageAt } from "../support/worker/stages.ts";

const chrome =
  "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36";
const safari17 =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";

/** The phone's page as a phone gets it that is signed in and came this way. */
async function pageFor(uuid: string, token: string, arrival: Record<string, string>) {
  const headers = {
    "User-Agent": chrome,
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    ...arrival,
  };
  const phone = new Browser({ headers });
  phone.cookies.set("__Host-account", token);
  const response = await phone.fetch(`/qrcode/scan?uuid=${uuid}`);
  expect(response.status).toBe(200);
  return response.text();
}

const stateIn = (html: string) => /<main[^>]* data-state="(\w+)"/.exec(html)?.[1];
const { hold, working } = strings.en.phone.states;

test("23 drive-by: a camera's scan goes on by itself, any other way here waits for a tap", async () => {
  const { uuid, phone } = await stageAt("pending");
  const page = (arrival: Record<string, string>) => pageFor(uuid, phone.token, arrival);
  const scanned = await page({ "Sec-Fetch-Site": "none" });
  expect(stateIn(scanned)).toBe("working");
  expect(scanned).toContain(`<h1>${working[0]}</h1>`);
  for (const arrival of [
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
    { "Sec-Fetch-Site": "same-origin" },
    { "Sec-Fetch-Site": "none", "Sec-Fetch-Dest": "iframe" },
    { "Sec-Fetch-Site": "none", "User-Agent": safari17 },
    {},
  ] as Record<string, string>[]) {
    const held = await page(arrival);
    expect(stateIn(held), JSON.stringify(arrival)).toBe("hold");
    expect(held).toContain(hold[1]);
  }
});

test("23 drive-by: before the tap nothing is told of the browser, nor whether one waits", async () => {
  const arrival = { "Sec-Fetch-Site": "cross-site" };
  const { uuid, phone, browser } = await stageAt("pending");
  const { uuid: unwatched } = await browser.mint();
  const [waiting, alone] = [
    await pageFor(uuid, phone.token, arrival),
    await pageFor(unwatched, phone.token, arrival),
  ];
  expect(waiting.replaceAll(uuid, "")).toBe(alone.replaceAll(unwatched, ""));
  expect(waiting).not.toContain(browser.address);
  expect(await browser.view(uuid)).toMatchObject({ version: 1, state: "pending" });
});
