import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { languageNamed, languageOf, langs } from "../../../src/pages/language.ts";

describe("languageOf", () => {
  test.each<[string | undefined, string]>([
    [undefined, "en"],
    ["", "en"],
    ["en", "en"],
    ["en-US,en;q=0.9", "en"],
    ["zh", "zh-Hans"],
    ["zh-CN", "zh-Hans"],
    ["zh-SG", "zh-Hans"],
    ["zh-Hans", "zh-Hans"],
    ["zh-Hans-CN,zh;q=0.9,en;q=0.8", "zh-Hans"],
    ["zh-Hans-TW", "zh-Hans"],
    ["ZH-cn", "zh-Hans"],
    ["zh-TW", "zh-Hant"],
    ["zh-HK", "zh-Hant"],
    ["zh-MO", "zh-Hant"],
    ["zh-Hant", "zh-Hant"],
    ["zh-Hant-HK;q=0.9", "zh-Hant"],
    // What Chrome sends in Taiwan: the plain "zh" at its end does not ask for Simplified.
    ["zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7", "zh-Hant"],
    ["zh-HK,zh;q=0.9,en;q=0.8", "zh-Hant"],
  ])("%j gets %s", (header, lang) => {
    expect(languageOf(header)).toBe(lang);
  });

  test.each([
    ["the greater weight wins, wherever it stands", "en;q=0.8, zh;q=0.9", "zh-Hans"],
    ["no weight is the greatest", "en;q=0.9, zh", "zh-Hans"],
    ["equal weights: the first", "zh, en", "zh-Hans"],
    ["equal weights, the other way", "en, zh", "en"],
    ["what we have not is passed over", "fr, de;q=0.9, zh;q=0.1", "zh-Hans"],
    ["nothing we have", "fr, de;q=0.9", "en"],
    ["a refused one is not taken", "en;q=0.1, zh;q=0", "en"],
    ["not even alone", "zh;q=0", "en"],
    ["anything is English", "fr, *;q=0.5", "en"],
    ["anything, before Chinese", "*, zh;q=0.5", "en"],
    ["anything, after Chinese", "zh, *;q=0.5", "zh-Hans"],
    ["blanks and capitals", "  ZH ; Q=0.9 ,\ten ; q=0.8", "zh-Hans"],
    ["weights out of range or no number count as none", "zh;q=7, en;q=0.1", "en"],
    ["not a weight", "zh;q=high, en;q=0.1", "en"],
    ["negative", "zh;q=-1", "en"],
    ["a longer word is another language", "zhx, enx, z, e;q=1", "en"],
    ["another language of the same script", "yue, ja, en;q=0.5", "en"],
    ["no tag at all", "zh_CN, -, zh-", "en"],
    ["other parameters aside", "en;q=0.5, zh;level=1;q=0.6", "zh-Hans"],
  ])("%s: %j", (_, header, lang) => {
    expect(languageOf(header)).toBe(lang);
  });

  test("answers in one of ours, whatever the header", () => {
    const piece = fc.constantFrom(
      "zh",
      "en",
      "*",
      "-",
      ";",
      "q=",
      ",",
      "0.5",
      " ",
      "1e9",
      "=",
      "\0",
      "林",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        expect(langs).toContain(languageOf(pieces.join("")));
      }),
    );
  });
});

test("languageNamed takes a tag for the one of ours that it means, and nothing else for any", () => {
  expect(langs.map(languageNamed)).toEqual(langs);
  expect(languageNamed("zh-TW")).toBe("zh-Hant");
  for (const none of ["", "xx", "fr", "en, zh", "constructor", "__proto__", "zh\n"]) {
    expect(languageNamed(none), none).toBeUndefined();
  }
});
