/** What every page is told: the language to speak, what this site is called, and where it is. */
import { languageNamed, languageOf, langs, type Lang } from "../pages/language.ts";
import type { Shown } from "../pages/layout.tsx";
import type { Ctx } from "./context.ts";
import { readCookie, writeCookie } from "./cookies.ts";
import { isFromOwnPage } from "./origin.ts";

/** Browsers cut longer lives down to this. */
const LANGUAGE_KEPT_S = 400 * 86_400;

/** A language chosen by a link on one of our own pages is kept; another site's choice is not. */
export function shownTo(c: Ctx): Shown {
  const chosen = languageNamed(c.req.query("lang") ?? "");
  if (chosen && isFromOwnPage(c)) writeCookie(c, "lang", chosen, LANGUAGE_KEPT_S);
  return {
    lang: chosen ?? languageAskedFor(c),
    site: siteOf(c),
    others: othersHere(c),
  };
}

export function siteOf(c: Ctx): string {
  return c.get("config").siteName ?? new URL(c.req.url).host;
}

export function appNameOf(c: Ctx): string {
  return c.get("config").appName ?? siteOf(c);
}

/** A site that sends its user here may say in which language (OpenID Connect Core, 3.1.2.1). */
function languageAskedFor(c: Ctx): Lang {
  const wanted = [...(c.req.query("ui_locales") ?? "").split(" "), readCookie(c, "lang") ?? ""];
  const known = wanted.map(languageNamed).find((lang) => lang !== undefined);
  return known ?? languageOf(c.req.header("Accept-Language"));
}

/** This page's own query, so that a link leads nowhere but to the page that it stands on. */
function othersHere(c: Ctx): Shown["others"] {
  const query = new URL(c.req.url).searchParams;
  return langs.map((lang) => {
    query.set("lang", lang);
    return { lang, href: `?${query.toString()}` };
  });
}
