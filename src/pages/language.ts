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

/**
 * Ours that is meant by a BCP 47 tag, if any. Where we have a language in two scripts, a tag that
 * names none has its country's usual one (UTS 35, likely subtags): `zh` and `zh-SG` are Simplified,
 * `zh-TW` and `zh-HK` Traditional.
 */
export function languageNamed(tag: string): Lang | undefined {
  const language = languagePart(tag);
  const ours = langs.filter((lang) => languagePart(lang) === language);
  if (ours.length < 2) return ours[0];
  // Asked only now, as the platform takes milliseconds to load what it knows of scripts.
  const script = scriptOf(tag);
  return ours.find((lang) => scriptOf(lang) === script);
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

/** The first subtag, in small letters: `zh` of `zh-Hant-HK`. */
function languagePart(tag: string): string {
  return (/^[a-z]+(?=-|$)/i.exec(tag)?.[0] ?? "").toLowerCase();
}

/** Undefined for anything that is not a tag. */
function scriptOf(tag: string): string | undefined {
  try {
    return new Intl.Locale(tag).maximize().script;
  } catch {
    return undefined;
  }
}

function quality(params: string[]): number {
  const q = params.map((param) => param.trim()).find((param) => param.startsWith("q="));
  const value = q === undefined ? 1 : Number(q.slice(2));
  return value >= 0 && value <= 1 ? value : 0;
}
