import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { safeReturnTo } from "../../../src/http/return-to.ts";

const origin = "https://site.example";

describe("where a login ends", () => {
  test.each([
    "/",
    "/orders",
    "/orders/17?sort=asc&page=2#top",
    "/a//b",
    "/search?q=https://other.example/",
    "/?next=//other.example",
    "/@other.example",
    "/%E6%9E%97",
    "/a%2Fb",
  ])("%s is a path of ours and stays as it is", (path) => {
    expect(safeReturnTo(path, origin)).toBe(path);
  });

  test.each([
    undefined,
    "",
    "orders",
    "https://evil.example/",
    "HTTPS://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/%2fevil.example",
    "/%2Fevil.example",
    "/%5cevil.example",
    "/%5Cevil.example",
    "%2f%2fevil.example",
    "/\t/evil.example/orders",
    "/\n/evil.example/orders",
    "/\r\\evil.example/orders",
    " //evil.example",
    "\t/orders",
    "javascript:alert(1)",
    "data:text/html,x",
    "https:evil.example",
    "https:/evil.example",
    "@evil.example",
    ".evil.example",
    ":80@evil.example/",
    "site.example.evil.example",
  ])("%j is the home page instead", (given) => {
    expect(safeReturnTo(given, origin)).toBe("/");
  });

  test.each([
    "/.//evil.example",
    "/..//evil.example",
    "/%2e//evil.example",
    "/%2E%2e//evil.example",
    "/orders/..//evil.example",
    "/qrcode/scan?uuid=1",
    "/./qrcode/scan?uuid=1",
    "/%71rcode/scan?uuid=1",
    "/orders/../%71rcode%2Fscan?uuid=1",
    "/.\\/evil.example",
    "/.\\\\evil.example",
    "/\t.//evil.example",
    "/./%2e//evil.example/x?y#z",
  ])("%j, which only normalising turns into another host, ends on our origin", (given) => {
    expectOurs(safeReturnTo(given, origin));
  });

  test("whatever is let through, a browser resolves it to our origin, from any page, again and again", () => {
    const piece = fc.constantFrom(
      ...Array.from("/\\.?#@:;& \t\n\r\0a"),
      "..",
      "%2e",
      "%2F",
      "%5C",
      "%09",
      "%00",
      "／",
      "。",
      "https:",
      "javascript:",
      "evil.example",
      "site.example",
      "[::1]",
      "\u00ad",
      "\ufeff",
    );
    const tail = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
    const given = fc.oneof(
      { weight: 4, arbitrary: tail.map((text) => `/${text}`) },
      { weight: 1, arbitrary: tail },
      { weight: 1, arbitrary: fc.webPath() },
    );
    fc.assert(
      fc.property(given, (text) => {
        const path = safeReturnTo(text, origin);
        expectOurs(path);
        expect(safeReturnTo(path, origin)).toBe(path);
      }),
      { numRuns: 5000 },
    );
  });

  test("2,048 characters are kept, one more is not", () => {
    const longest = `/${"a".repeat(2047)}`;
    expect(safeReturnTo(longest, origin)).toBe(longest);
    expect(safeReturnTo(`${longest}a`, origin)).toBe("/");
  });

  test("a port or a scheme more or less is another origin", () => {
    const local = "http://localhost:8787";
    expect(safeReturnTo("/a?b", local)).toBe("/a?b");
    for (const near of ["http://localhost", "https://localhost:8787", "http://localhost:8788"]) {
      expect(safeReturnTo(`${near}/a`, local)).toBe("/");
    }
  });
});

function expectOurs(path: string): void {
  expect(path).toMatch(/^\//);
  for (const page of ["/", "/deep/page?x=/", "/login/qrcode"]) {
    expect(new URL(path, origin + page).origin, path).toBe(origin);
  }
}
