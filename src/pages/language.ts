/** The languages we speak, and which of them to answer in. */
import { en, type Strings } from "./words/en.ts";
import { zhCN } from "./words/zh-cn.ts";

export type Lang = "en" | "zh-CN";

export const strings: Record<Lang, Strings> = { en, "zh-CN": zhCN };

/**
 * The language to answer in: the best of ours by q-value (RFC 9110, section 12.5.4), English where
 * the header is absent or asks for nothing we have. Any `zh` gets Simplified, the only one we speak.
 */
export function languageOf(acceptLanguage: string | undefined): Lang {
  let best: { lang: Lang; q: number } = { lang: "en", q: 0 };
  for (const part of (acceptLanguage ?? "").split(",")) {
    const [range = "", ...params] = part.trim().toLowerCase().split(";");
    const lang = ours(range.trim());
    const q = quality(params);
    if (lang !== undefined && q > best.q) best = { lang, q };
  }
  return best.lang;
}

function ours(range: string): Lang | undefined {
  const primary = range.split("-", 1)[0];
  if (primary === "zh") return "zh-CN";
  return primary === "en" || primary === "*" ? "en" : undefined;
}

function quality(params: string[]): number {
  const q = params.map((param) => param.trim()).find((param) => param.startsWith("q="));
  const value = q === undefined ? 1 : Number(q.slice(2));
  return value >= 0 && value <= 1 ? value : 0;
}
