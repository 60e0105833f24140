/** Where the way ends: a page that says what to do next for people, a problem for programs. */
import { expect, test } from "vitest";
import { fill } from "../../src/pages/fill.ts";
import { langs, strings } from "../../src/pages/language.ts";
import { Browser } from "../support/worker/parties.ts";
import { expectRefusal, stageAt, withBindings } from "../support/worker/stages.ts";

/** What browsers send when they are led to an address. */
const navigating = { Accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };
const site = "login.example";

const byApp = { IDENTITY: "jwks", JWKS_URL: "https://issuer.example/jwks" };
const ofIssuer = { ...byApp, JWKS_ISSUER: "https://issuer.example", JWKS_AUDIENCE: "login" };

/** The text of a page, its heading, and its one button. */
async function read(response: Response) {
  expect(response.headers.get("Content-Type")).toMatch(/^text\/html/);
  const html = (await response.text()).replaceAll(/<\/?(bdi|span)[^>]*>|<wbr\/?>/g, "");
  const [, title] = /<h1>(.*?)<\/h1>/.exec(html) ?? [];
  const [, href, label] = /<a class="button" href="([^"]*)">([^<]*)</.exec(html) ?? [];
  return { html, title, button: href === undefined ? undefined : [label, href] };
}

test("an unknown address is a page with a way on for people, in each language", async () => {
  for (const lang of langs) {
    const browser = new Browser({ headers: { ...navigating, "Accept-Language": lang } });
    const response = await browser.fetch("/no/such/page");
    expect(response.status).toBe(404);
    const { notice, next } = strings[lang];
    expect(await read(response)).toMatchObject({
      title: notice.not_found[0],
      button: [fill(next.home, { site }), "/"],
    });
  }
});

test("an unknown address is a problem for programs, whatever they accept", async () => {
  for (const Accept of ["*/*", "application/json", "application/problem+json", ""]) {
    await expectRefusal(await new Browser({ headers: { Accept } }).fetch("/nothing"), "not_found");
  }
});

test("a login that ends where there is nothing ends on that page, signed in", async () => {
  const { browser } = await stageAt("redeemed");
  const on = await browser.fetch("/?return_to=/no/such/page", { headers: navigating });
  expect([on.status, on.headers.get("Location")]).toEqual([303, "/no/such/page"]);
  const page = await browser.fetch("/no/such/page", { headers: navigating });
  expect((await read(page)).button).toEqual([fill(strings.en.next.home, { site }), "/"]);
  expect((await browser.fetch("/")).status).toBe(200);
});

test("a wrong method is answered with a page for people, and with 405 and Allow", async () => {
  const response = await new Browser().fetch("/logout", { headers: navigating });
  expect([response.status, response.headers.get("Allow")]).toEqual([405, "POST"]);
  expect((await read(response)).title).toBe(strings.en.notice.not_found[0]);
});

test("a call that this deployment does not have is a page for people, a problem for programs", async () => {
  const via = withBindings(ofIssuer);
  const fields = { username: "ada", password: "guess" };
  const program = new Browser({ via });
  await expectRefusal(await program.post("/account/token", fields), "not_found");
  const person = new Browser({ via, headers: navigating });
  const response = await person.submit("/account/token", fields);
  expect(response.status).toBe(404);
  expect((await read(response)).button).toEqual([fill(strings.en.next.home, { site }), "/"]);
});

test("an error of ours is a page for people, which may be tried again", async () => {
  const via = withBindings({ MINT_LIMIT: { limit: broken } });
  const response = await new Browser({ via, headers: navigating }).fetch("/");
  expect([response.status, response.headers.get("Retry-After")]).toEqual([500, "2"]);
  const { title, button } = await read(response);
  expect(title).toBe(strings.en.notice.failed[0]);
  expect(button).toEqual([strings.en.next.again, ""]);
});

test("a page that is asked for too often says when to come again", async () => {
  const full = { limit: async () => ({ success: false }) };
  const response = await new Browser({ via: withBindings({ MINT_LIMIT: full }) }).fetch("/");
  expect([response.status, response.headers.get("Retry-After")]).toEqual([429, "60"]);
  expect((await read(response)).button).toEqual([strings.en.next.again, ""]);
});

function broken(): never {
  throw new Error("broken on purpose");
}

async function scannedByCamera(vars: Record<string, string>) {
  const browser = new Browser({ via: withBindings({ ...ofIssuer, ...vars }) });
  const { uuid } = await browser.mint();
  return { uuid, page: await read(await browser.fetch(`/qrcode/scan?uuid=${uuid}&lang=en`)) };
}

test("where a camera leads no further, the page names the app, or else the site's", async () => {
  const { use_app } = strings.en.notice;
  const { page: named } = await scannedByCamera({ APP_NAME: "Acme" });
  expect(named.title).toBe(fill(use_app[0], { app: "Acme" }));
  expect(named.button).toBeUndefined();
  const { page: bySite } = await scannedByCamera({ SITE_NAME: "Umbrella" });
  expect(bySite.title).toBe(fill(use_app[0], { app: "Umbrella" }));
  const { page: byHost } = await scannedByCamera({});
  expect(byHost.title).toBe(fill(use_app[0], { app: site }));
  expect(byHost.html).toContain(use_app[1]);
});

test("APP_URL opens the app from there, and hands it the code where it says {url}", async () => {
  const { notice, next } = strings.en;
  const label = fill(next.app, { app: "Acme" });
  const { page } = await scannedByCamera({
    APP_NAME: "Acme",
    APP_URL: "https://acme.example/open",
  });
  expect(page.title).toBe(fill(notice.use_app[0], { app: "Acme" }));
  expect(page.button).toEqual([label, "https://acme.example/open"]);

  const APP_URL = "https://acme.example/scan?code={url}";
  const { page: handing, uuid } = await scannedByCamera({ APP_NAME: "Acme", APP_URL });
  const code = encodeURIComponent(`https://${site}/qrcode/scan?uuid=${uuid}`);
  expect(handing.title).toBe(fill(notice.open_app[0], { app: "Acme" }));
  expect(handing.button).toEqual([label, `https://acme.example/scan?code=${code}`]);
});

test("the login page says what to scan with: the camera, or the app by its name", async () => {
  const { scan, scanWithApp } = strings.en.login;
  expect(await (await new Browser().fetch("/")).text()).toContain(scan);
  const via = withBindings({ ...ofIssuer, APP_NAME: "Acme" });
  const { html } = await read(await new Browser({ via }).fetch("/"));
  expect(html).toContain(fill(scanWithApp, { app: "Acme" }));
  expect(html).not.toContain(scan);
});
