/** Which language a page speaks, and how its reader changes that. */
import { expect, test } from "vitest";
import { paths } from "../../src/core/paths.ts";
import { langs, strings, type Lang } from "../../src/pages/language.ts";
import { Browser } from "../support/worker/parties.ts";
import { stageAt } from "../support/worker/stages.ts";

const inTaiwan = { "Accept-Language": "zh-TW,zh;q=0.9,en;q=0.8" };
const inChina = { "Accept-Language": "zh-CN,zh;q=0.9" };

async function langOf(response: Response): Promise<string | undefined> {
  return /<html lang="([^"]*)"/.exec(await response.text())?.[1];
}

async function spoken(path: string, headers: Record<string, string>, cookie?: Lang) {
  const browser = new Browser({ headers });
  if (cookie !== undefined) browser.cookies.set("__Host-lang", cookie);
  return langOf(await browser.fetch(path));
}

test("Simplified and Traditional Chinese are told apart by the browser's own wish", async () => {
  expect(await spoken("/", inChina)).toBe("zh-Hans");
  expect(await spoken("/", inTaiwan)).toBe("zh-Hant");
  expect(await spoken("/", { "Accept-Language": "fr" })).toBe("en");
});

test("?lang= wins over ui_locales, that over the cookie, that over Accept-Language", async () => {
  expect(await spoken("/?lang=en&ui_locales=zh-TW", inChina, "zh-Hans")).toBe("en");
  expect(await spoken("/?ui_locales=zh-TW", inChina, "en")).toBe("zh-Hant");
  expect(await spoken("/", inChina, "en")).toBe("en");
  expect(await spoken("/", inChina)).toBe("zh-Hans");
});

test("a language that we do not speak changes nothing, wherever it is asked for", async () => {
  expect(await spoken("/?lang=fr&ui_locales=zh-TW", inChina)).toBe("zh-Hant");
  expect(await spoken("/?ui_locales=fr-CA%20zh-HK%20en", inChina)).toBe("zh-Hant");
  expect(await spoken("/?lang=&ui_locales=", inChina)).toBe("zh-Hans");
  const browser = new Browser({ headers: inChina });
  browser.cookies.set("__Host-lang", "<script>");
  expect(await langOf(await browser.fetch("/?lang=%3Cscript%3E"))).toBe("zh-Hans");
  expect(browser.cookies.get("__Host-lang")).toBe("<script>");
});

test("a language chosen on our own page is kept in a cookie like our others, for the next pages", async () => {
  const browser = new Browser({ headers: { ...inChina, "Sec-Fetch-Site": "same-origin" } });
  const answer = await browser.fetch("/?lang=en");
  const cookie = answer.headers.getSetCookie().find((it) => it.startsWith("__Host-lang="));
  expect(cookie?.split("; ").sort()).toEqual(
    ["HttpOnly", "Max-Age=34560000", "Path=/", "SameSite=Lax", "Secure", "__Host-lang=en"].sort(),
  );
  expect(await langOf(await browser.fetch("/"))).toBe("en");
  // No other page's answer sets it anew.
  const next = await browser.fetch("/?ui_locales=zh-TW");
  expect(next.headers.getSetCookie().join()).not.toContain("lang=");
});

test("a choice that another site makes holds for one page, and is not kept", async () => {
  for (const site of ["cross-site", "same-site", "none"]) {
    const browser = new Browser({ headers: { "Sec-Fetch-Site": site } });
    expect(await langOf(await browser.fetch("/?lang=zh-Hans")), site).toBe("zh-Hans");
    expect([...browser.cookies.keys()]).not.toContain("__Host-lang");
  }
});

/** The switch's links: language → address. */
function linksIn(html: string): Record<string, string> {
  const [, nav = ""] = /<nav[^>]*>(.*?)<\/nav>/s.exec(html) ?? [];
  const links = nav.matchAll(/<a href="([^"]*)" lang="([^"]*)">([^<]*)</g);
  return Object.fromEntries(
    [...links].map(([, href = "", lang = "", name]) => {
      expect(name).toBe(strings[lang as Lang].name);
      return [lang, href.replaceAll("&amp;", "&")];
    }),
  );
}

test("every page has links to itself in the other languages", async () => {
  const { uuid, browser } = await stageAt("redeemed");
  const stranger = new Browser();
  const { scan } = paths;
  const wrong = { uuid: (await stranger.mint()).uuid, username: "nobody", password: "guess" };
  const pages: [Browser, at: string, Response, leadsTo: string][] = [
    [stranger, "/", await stranger.fetch("/?return_to=%2Fa%3Fb%3Dc&lang=en"), "/"],
    [browser, "/", await browser.fetch("/"), "/"],
    [stranger, scan, await stranger.fetch(`${scan}?uuid=${uuid}`), scan],
    [stranger, scan, await stranger.fetch(`${scan}?uuid=1`), scan],
    // A form's answer: asked for again, it is the page that the form was on.
    [stranger, "/account/token", await stranger.submit("/account/token", wrong), scan],
  ];
  for (const [reader, at, page, leadsTo] of pages) {
    const links = linksIn(await page.text());
    expect(Object.keys(links), at).toEqual(langs.filter((lang) => lang !== "en"));
    for (const [lang, href] of Object.entries(links)) {
      const { pathname, search } = new URL(href, reader.origin + at);
      expect(pathname, at).toBe(leadsTo);
      expect(await langOf(await reader.fetch(pathname + search)), at).toBe(lang);
    }
  }
});

test("the links to other languages keep all else that the address says, each once", async () => {
  const page = await new Browser().fetch("/?return_to=%2Fa%3Fb%3Dc&lang=en");
  expect(linksIn(await page.text())["zh-Hans"]).toBe("?return_to=%2Fa%3Fb%3Dc&lang=zh-Hans");
});
