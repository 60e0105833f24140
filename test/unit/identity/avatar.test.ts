import fc from "fast-check";
import { expect, test } from "vitest";
import { avatarOrNone } from "../../../src/identity/avatar.ts";

test.each([
  "/avatars/ada.svg",
  "/a-b_c/1.2.png",
  "/",
  "https://cdn.example.org/a/b.png?size=64#x",
  "HTTPS://cdn.example.org/a",
])("%s is kept as it is", (avatar) => {
  expect(avatarOrNone(avatar)).toEqual({ avatar });
});

test.each([
  ["another scheme", "http://cdn.example.org/a.png"],
  ["a script", "javascript:alert(1)"],
  ["a script behind a space", " javascript:alert(1)"],
  ["a script behind a broken line", "java\nscript:alert(1)"],
  ["data", "data:image/svg+xml,<svg onload=alert(1)>"],
  ["another host without a scheme", "//evil.example/a.png"],
  ["another host, backslash", "/\\evil.example/a.png"],
  ["two backslashes", "\\\\evil.example"],
  ["a path that ends in a line break", "/a.png\n"],
  ["a tab that browsers drop", "/\t/evil.example/a.png"],
  ["a relative path", "avatars/ada.svg"],
  ["markup", '/a.png" onerror="alert(1)'],
  ["an encoded slash", "/%2fevil.example"],
  ["nothing", ""],
  ["https without a host", "https://"],
  ["no text", 7],
  ["null", null],
  ["undefined", undefined],
  ["an object that reads like one", { toString: () => "/a.png" }],
])("%s is left out", (_, avatar) => {
  expect(avatarOrNone(avatar)).toEqual({});
});

test("2,048 characters are kept, one more is not", () => {
  const longest = `https://cdn.example.org/${"a".repeat(2024)}`;
  expect(longest).toHaveLength(2048);
  expect(avatarOrNone(longest)).toEqual({ avatar: longest });
  expect(avatarOrNone(`${longest}a`)).toEqual({});
});

test("whatever is kept, a browser loads it over https or from our own origin", () => {
  const piece = fc.constantFrom(
    ...Array.from("/\\.:@ \t\n%2f"),
    "https:",
    "http:",
    "javascript:",
    "data:",
    "..",
    "evil.example",
    "a.png",
  );
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
  const origin = "http://127.0.0.1:8787";
  fc.assert(
    fc.property(text, (given) => {
      const { avatar } = avatarOrNone(given);
      if (avatar === undefined) return;
      const url = new URL(avatar, `${origin}/qrcode/scan`);
      expect(url.protocol === "https:" || url.origin === origin, avatar).toBe(true);
    }),
    { numRuns: 5000 },
  );
});
