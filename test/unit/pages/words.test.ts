/** What the types cannot see: every translation has the places of the English sentence. */
import { expect, test } from "vitest";
import { langs, strings } from "../../../src/pages/language.ts";
import type { Saying } from "../../../src/pages/words/en.ts";

/** Each sentence by its path, "login.states.waiting.0". */
function sentences(words: object, path = ""): [string, string][] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === "string"
      ? [[path + key, value] as [string, string]]
      : sentences(value as object, `${path}${key}.`),
  );
}

const placesIn = (sentence: string) => (sentence.match(/\{\w+\}/g) ?? []).sort();

test.each(langs)("%s: a sentence for each English one, with the same places", (lang) => {
  const english = Object.fromEntries(sentences(strings.en));
  const own = Object.fromEntries(sentences(strings[lang]));
  expect(Object.keys(own).sort()).toEqual(Object.keys(english).sort());
  for (const [path, sentence] of Object.entries(own)) {
    expect(sentence.trim(), path).not.toBe("");
    // A translation may have a place in its heading that English has in the text.
    if (/\.[01]$/.test(path)) continue;
    expect(placesIn(sentence), path).toEqual(placesIn(english[path] ?? ""));
  }
  for (const page of ["login", "phone"] as const) {
    const inEnglish: Record<string, Saying> = strings.en[page].states;
    for (const [key, saying] of Object.entries(strings[lang][page].states)) {
      expect(placesIn(saying.join()), key).toEqual(placesIn(inEnglish[key]?.join() ?? ""));
    }
  }
});

test.each(langs)("%s: no quotation mark or ellipsis of a typewriter", (lang) => {
  for (const [path, sentence] of sentences(strings[lang])) {
    expect(sentence, path).not.toMatch(/["']|\.\.\./);
  }
});
