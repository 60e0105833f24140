import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { languageOf } from "../../../src/pages/language.ts";

describe("the language to answer in", () => {
  test.each<[string | undefined, string]>([
    [undefined, "en"],
    ["", "en"],
    ["en", "en"],
    ["en-US,en;q=0.9", "en"],
    ["zh", "zh-CN"],
    ["zh-CN", "zh-CN"],
    ["zh-Hans-CN,zh;q=0.9,en;q=0.8", "zh-CN"],
    ["ZH-cn", "zh-CN"],
    ["zh-TW", "zh-CN"],
    ["zh-Hant-HK;q=0.9", "zh-CN"],
  ])("%j gets %s", (header, lang) => {
    expect(languageOf(header)).toBe(lang);
  });

  test.each([
    ["the greater weight wins, wherever it stands", "en;q=0.8, zh;q=0.9", "zh-CN"],
    ["no weight is the greatest", "en;q=0.9, zh", "zh-CN"],
    ["equal weights: the first", "zh, en", "zh-CN"],
    ["equal weights, the other way", "en, zh", "en"],
    ["what we have not is passed over", "fr, de;q=0.9, zh;q=0.1", "zh-CN"],
    ["nothing we have", "fr, de;q=0.9", "en"],
    ["a refused one is not taken", "en;q=0.1, zh;q=0", "en"],
    ["not even alone", "zh;q=0", "en"],
    ["anything is English", "fr, *;q=0.5", "en"],
    ["anything, before Chinese", "*, zh;q=0.5", "en"],
    ["anything, after Chinese", "zh, *;q=0.5", "zh-CN"],
    ["blanks and capitals", "  ZH ; Q=0.9 ,\ten ; q=0.8", "zh-CN"],
    ["weights out of range or no number count as none", "zh;q=7, en;q=0.1", "en"],
    ["not a weight", "zh;q=high, en;q=0.1", "en"],
    ["negative", "zh;q=-1", "en"],
    ["a longer word is another language", "zhx, enx, z, e;q=1", "en"],
    ["other parameters aside", "en;q=0.5, zh;level=1;q=0.6", "zh-CN"],
  ])("%s: %j", (_, header, lang) => {
    expect(languageOf(header)).toBe(lang);
  });

  test("no header at all makes it fail", () => {
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
        expect(languageOf(pieces.join(""))).toBeOneOf(["en", "zh-CN"]);
      }),
    );
  });
});
