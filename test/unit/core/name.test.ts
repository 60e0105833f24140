import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NAME_MAX_CHARS } from "../../../src/core/limits.ts";
import { nameFrom } from "../../../src/core/name.ts";

describe("28 names that lie", () => {
  test.each([
    ["an override", "\u202Eecapmoc.moc\u202C"],
    ["isolates", "Ada \u2066Love\u2067la\u2068ce\u2069"],
    ["marks of direction", "\u200EAda\u200F Love\u061Clace"],
    ["zero width spaces", "A\u200Bd\u2060a\uFEFF"],
    ["joiners between Latin letters", "ad\u200Dm\u200Cin"],
    ["a soft hyphen", "ad\u00ADmin"],
    ["text hidden in tags", `Ada${String.fromCodePoint(0xe0001, 0xe0041, 0xe007f)}`],
    ["text hidden in variation selectors", `Ada${"\u{E0120}\uFE0F".repeat(40)}`],
    ["Hangul and Braille that are blank", "\u3164Ada\uFFA0\u115F\u2800"],
    ["half a surrogate pair", "Ada\uD83D"],
    ["line breaks and tabs", "Ada\r\n\tLovelace\u2028\u2029\u0085x"],
    ["control characters", "Ada\u0000\u0007\u001B[31m\u007F"],
  ])("a name with %s shows without, on one line", (_, given) => {
    const name = nameFrom(given);
    expect(name).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{DI}\u2800\u2028\u2029]/u);
    expect(name).toMatch(/[A-Za-z]/);
  });

  test.each([
    ["one space of any white space", "  Ada \u00A0\u3000\n Lovelace  ", "Ada Lovelace"],
    ["no mark that sits on what stands before it", "\u0301\u0302 Ada", "Ada"],
    ["a line break as a space, so that words stay apart", "Ada\nLovelace", "Ada Lovelace"],
  ])("%s", (_, given, name) => {
    expect(nameFrom(given)).toBe(name);
  });

  test.each([
    "Ada Lovelace",
    "林小雨",
    "Zoë Nuñez-O’Brien",
    "Jose\u0301", // decomposed
    "علی\u200Cرضا", // Persian, with a non-joiner
    "ශ්\u200Dරී", // Sinhala, with a joiner
    "क्\u200Dष", // Devanagari
    "葛\u{E0100}城", // an ideograph's variant
    "محمد",
    "שָׁלוֹם",
    "👩‍👩‍👧‍👦",
    "👩🏽‍🚀 Ada",
    "❤️‍🔥",
    "🇩🇪 1️⃣",
    "Dr. Ada (she/her) <a@b.c>",
    "ᠮᠣᠩᠭᠣᠯ",
  ])("%s stays as it is", (name) => {
    expect(nameFrom(name)).toBe(name);
  });

  test.each([
    "",
    " ",
    "\u200B",
    "\u3164",
    "\u202E\u202C",
    "\n",
    "\u0301",
    7,
    null,
    undefined,
    {},
    [],
  ])("%j shows nothing, so the next candidate counts, and in the end a question mark", (given) => {
    expect(nameFrom(given, "Ada")).toBe("Ada");
    expect(nameFrom(given)).toBe("?");
  });

  test("a name that is too long ends in an ellipsis, and is cut in no character", () => {
    const exact = "x".repeat(NAME_MAX_CHARS);
    expect(nameFrom(exact)).toBe(exact);
    expect(nameFrom(`${exact}y`)).toBe(`${"x".repeat(NAME_MAX_CHARS - 1)}…`);
    expect(nameFrom("e\u0301".repeat(80))).toBe(`${"e\u0301".repeat(49)}…`);
    expect(nameFrom("🇩🇪".repeat(40))).toBe(`${"🇩🇪".repeat(24)}…`);
  });

  test("one letter under a tower of marks is no name", () => {
    expect(nameFrom(`a${"\u0301".repeat(500)}`, "Ada")).toBe("Ada");
  });

  test("a name of a megabyte is cut before it is looked at", () => {
    expect(nameFrom("\u200B".repeat(1_000_000), "Ada")).toBe("Ada");
  });

  test("whatever is sent, a name is one visible line of at most its length, and stays as it is", () => {
    const nasty = fc.string({
      unit: fc.oneof(
        fc.constantFrom("\u200D", "\u200C", "\uFE0F", "\u202E", "\u{E0100}", "\n", " ", "\u0301"),
        fc.constantFrom("👩", "葛", "ක", "ع", "1", "a", "🇩", "\uD83D"),
        fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
      ),
      maxLength: 150,
    });
    fc.assert(
      fc.property(nasty, (given) => {
        const name = nameFrom(given);
        expect(name.length).toBeGreaterThan(0);
        expect(name.length).toBeLessThanOrEqual(NAME_MAX_CHARS);
        expect(name).toBe(name.trim());
        expect(name).toBe(name.toWellFormed());
        expect(name).not.toMatch(
          /[\p{Cc}\u202A-\u202E\u2066-\u2069\u200B\u200E\u200F\u2028\u2029]/u,
        );
        expect(nameFrom(name)).toBe(name);
      }),
      { numRuns: 3000 },
    );
  });
});
