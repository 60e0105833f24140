/** The languages we speak, and which of them to answer in. */
import { en, type Strings } from "./words/en.ts";
import { zhHans } from "./words/zh-hans.ts";
import { zhHant } from "./words/zh-hant.ts";

/** A language more is a file of words and a line here, under its BCP 47 tag. */
const words = {
  en,
  "zh-Hans": zhHans,
  "zh-Hant": zhHant,
};

export type Lang = keyof typeof words;

export const strings: Record<Lang, Strings> = words;

export const langs = Object.keys(strings) as Lang[];

/** What is spoken with somebody who asks for nothing that we have. */
const DEFAULT: Lang = "en";

/** Which of ours has which language and script: `zh-Hant` is not read by everybody who reads `zh`. */
const byScript = new Map(langs.map((lang) => [scriptOf(lang), lang]));

/**
 * Ours that is meant by a BCP 47 tag, if any. A tag that names no script has its country's usual one
 * (UTS 35, likely subtags): `zh` and `zh-SG` are Simplified, `zh-TW` and `zh-HK` Traditional.
 */
export function languageNamed(tag: string): Lang | undefined {
  return byScript.get(scriptOf(tag));
}

/**
 * The language to answer in: the best of ours by q-value (RFC 9110, section 12.5.4), English where
 * the header is absent or asks for nothing that we have.
 */
export function languageOf(acceptLanguage: string | undefined): Lang {
  let best: { lang: Lang; q: number } = { lang: DEFAULT, q: 0 };
  for (const part of (acceptLanguage ?? "").split(",")) {
    const [range = "", ...params] = part.trim().toLowerCase().split(";");
    const lang = range.trim() === "*" ? DEFAULT : languageNamed(range.trim());
    const q = quality(params);
    if (lang !== undefined && q > best.q) best = { lang, q };
  }
  return best.lang;
}

/** Language and script, `zh-Hant`; "" for what is no tag. */
function scriptOf(tag: string): string {
  try {
    const { language, script } = new Intl.Locale(tag).maximize();
    return `${language}-${script}`;
  } catch {
    return "";
  }
}

function quality(params: string[]): number {
  const q = params.map((param) => param.trim()).find((param) => param.startsWith("q="));
  const value = q === undefined ? 1 : Number(q.slice(2));
  return value >= 0 && value <= 1 ? value : 0;
}
