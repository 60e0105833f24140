import { languageOf } from "../pages/language.ts";
import type { Ctx } from "./context.ts";

/** What every page is told: the language to speak, and what this site is called. */
export function shownTo(c: Ctx) {
  const lang = languageOf(c.req.header("Accept-Language"));
  return { lang, site: c.get("config").siteName ?? new URL(c.req.url).host };
}
