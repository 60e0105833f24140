/** Sentences with their places filled, and moments told in relative words. */
import type { Lang } from "./language.ts";

/** Puts values in the places of a sentence: `fill("Sign in to {site}", { site })`. */
export function fill(sentence: string, values: Record<string, string>): string {
  return sentence.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
}

const units = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

/** A moment in relative words; `offsetS` is negative for the past: "3 minutes ago", "30 秒后". */
export function relativeWords(lang: Lang, offsetS: number): string {
  const [unit, size] = units.find(([, seconds]) => Math.abs(offsetS) >= seconds) ?? units[3];
  return new Intl.RelativeTimeFormat(lang).format(Math.trunc(offsetS / size), unit);
}
