/** Another site leads a signed-in phone to the page of its own code: that alone claims nothing. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { strings } from "../../src/pages/language.ts";
import { granted, HttpBrowser } from "../support/http-login.ts";
import { button, goOn, says, signIn } from "../support/people.ts";
import { useStage } from "../support/stage.ts";

const { en } = strings;
const stage = useStage();

/** The other site: `localhost` and `127.0.0.1` are two sites to a browser, and both are trustworthy. */
let evil: Server;
const evilPages: Record<string, (to: string) => string> = {
  link: (to) => `<a href="${to}">win</a>`,
  "link without a referrer": (to) => `<a rel="noreferrer" href="${to}">win</a>`,
  script: (to) => `<a href="#" onclick="location.href='${to}'">win</a>`,
  "meta refresh without a referrer": (to) =>
    `<meta name="referrer" content="no-referrer"><a href="#" onclick="document.head.innerHTML+='<meta http-equiv=refresh content=0;${to}>'">win</a>`,
  redirect: (to) => `<a href="/to?${encodeURIComponent(to)}">win</a>`,
};

beforeAll(async () => {
  evil = createServer((request, response) => {
    const [path = "", query = ""] = (request.url ?? "").split("?");
    const to = decodeURIComponent(query);
    if (path === "/to") return void response.writeHead(302, { Location: to }).end();
    const page = evilPages[decodeURIComponent(path.slice(1))]?.(to);
    response.writeHead(200, { "Content-Type": "text/html" }).end(`<!doctype html>${page}`);
  });
  await new Promise<void>((resolve) => {
    evil.listen(0, "127.0.0.1", resolve);
  });
});
afterAll(() => {
  evil.close();
});

/** A code that another site waits on, and whether anybody has claimed it. */
async function bait() {
  const browser = new HttpBrowser(stage.origin);
  const { uuid } = await browser.mint();
  const state = async () => (await granted(browser.check(uuid))).state;
  expect(await state()).toBe("pending");
  return { code: `${stage.origin}/qrcode/scan?uuid=${uuid}`, state };
}

async function lure(phone: Page, way: string, to: string): Promise<void> {
  const { port } = evil.address() as AddressInfo;
  await phone.goto(`http://127.0.0.1:${port}/${way}?${encodeURIComponent(to)}`);
  await phone.getByText("win").click();
}

/** Waits for the question, and long enough for a claim that came by itself to show. */
async function expectHeld(phone: Page, state: () => Promise<string>): Promise<void> {
  await says(phone, en.phone.states.hold, { name: "Ada Lovelace" });
  await phone.locator("#go:enabled").waitFor();
  expect(await state()).toBe("pending");
}

test.concurrent.each(Object.keys(evilPages))(
  "23 drive-by, by %s: the login is claimed on a tap, not before",
  async (way) => {
    const phone = await stage.phone("ada");
    const { code, state } = await bait();
    await lure(phone, way, code);
    await expectHeld(phone, state);
    await goOn(phone);
    await button(phone, en.phone.yes).waitFor();
    expect(await state()).toBe("scanned");
  },
);

test.concurrent("23 drive-by, through our own sign-in form: asked all the same", async () => {
  const phone = await stage.phone();
  const { code, state } = await bait();
  await lure(phone, "link", code);
  await signIn(phone, "ada");
  await expectHeld(phone, state);
});

test.concurrent("23 drive-by, reloaded by its user or by a script of ours: asked again", async () => {
  const phone = await stage.phone("ada");
  const { code, state } = await bait();
  await lure(phone, "link", code);
  await expectHeld(phone, state);
  await phone.reload();
  await expectHeld(phone, state);
  await Promise.all([phone.waitForEvent("load"), phone.evaluate("location.reload()")]);
  await expectHeld(phone, state);
});

test.concurrent("23 drive-by, left and come back to: still asked", async () => {
  const phone = await stage.phone("ada");
  const { code, state } = await bait();
  await lure(phone, "link", code);
  await expectHeld(phone, state);
  await phone.goto("/favicon.svg");
  await phone.goBack();
  await expectHeld(phone, state);
});

test.concurrent("a scan, which no site led to, needs no tap", async () => {
  const phone = await stage.phone("ada");
  const { code, state } = await bait();
  await phone.goto(code);
  await button(phone, en.phone.yes).waitFor();
  expect(await state()).toBe("scanned");
});
