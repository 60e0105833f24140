/** A secret that would not keep anybody out stops the Worker, with a sentence that says what to do. */
import { describe, expect, test } from "vitest";
import { configOf, usableConfigOf } from "../../../src/config.ts";
import { deriveKeys } from "../../../src/core/keys.ts";

const good = "unit-3Vb8Qz1LmXw6TnK0rYpJ5sHdG9cEaU2f";
const other = "unit-W7yR4oPq0SxZ2kMvB6nJ8tLhC1gDfA5e";
const DB = {};

function fault(env: object): string | undefined {
  const config = configOf({ DB, ...env });
  return "misconfigured" in config ? config.misconfigured : undefined;
}

const unusable: [name: string, given: unknown, is: string][] = [
  ["31 characters", good.slice(0, 31), "too short"],
  ["one character", "x", "too short"],
  ["9 different characters", "abcdefghi".repeat(5), "a placeholder"],
  ["one character over and over", "a".repeat(64), "a placeholder"],
  ["change-me", "change-me-1234567890-ABCDEFGHIJKLMNOP", "a placeholder"],
  ["CHANGEME in capitals", "CHANGEME-1234567890-abcdefghijklmnop", "a placeholder"],
  ["replace-this", "please-replace-this-1234567890-ABCD", "a placeholder"],
  ["the word placeholder", "placeholder-1234567890-ABCDEFGHIJK", "a placeholder"],
  ["an example", "example-1234567890-ABCDEFGHIJKLMNO", "a placeholder"],
  ["the word secret", "my-super-secret-1234567890-ABCDEFGH", "a placeholder"],
  ["the word password", "password-1234567890-ABCDEFGHIJKLMN", "a placeholder"],
  ["a number", Number.MAX_SAFE_INTEGER, "a placeholder"],
  ["an object", { value: good }, "a placeholder"],
];

describe.each(["SECRET", "SECRET_PREVIOUS"])("%s", (name) => {
  test.each(unusable)("%s is refused", (_, given, is) => {
    const sentence = fault({ SECRET: good, [name]: given });
    expect(sentence).toMatch(new RegExp(`^${name} is ${is}.*openssl rand.*wrangler secret put`));
    if (typeof given === "string" && given.length > 1) expect(sentence).not.toContain(given);
  });

  test("32 characters, and 10 different ones, are just enough", () => {
    expect(fault({ SECRET: good, [name]: good.slice(0, 32) })).toBeUndefined();
    expect(fault({ SECRET: good, [name]: "abcdefghij".repeat(4) })).toBeUndefined();
  });
});

test.each([
  ["missing", {}],
  ["undefined", { SECRET: undefined }],
  ["empty", { SECRET: "" }],
])("no secret at all (%s) is refused as missing", (_, env) => {
  expect(fault(env)).toMatch(/^SECRET is missing\. /);
  expect(fault({ ...env, SECRET_PREVIOUS: good })).toMatch(/^SECRET is missing\. /);
});

describe("the keys of a deployment", () => {
  test("are those of its secret alone, while none is rolling", () => {
    expect(usableConfigOf({ DB, SECRET: good }).keys).toEqual(deriveKeys(good));
  });

  test("are those of both secrets, while one is rolling; the new one first", () => {
    const env = { DB, SECRET: good, SECRET_PREVIOUS: other };
    expect(usableConfigOf(env).keys).toEqual(deriveKeys(good, other));
  });

  test("an empty SECRET_PREVIOUS adds no key: the key of an empty secret is everybody's", () => {
    const env = { DB, SECRET: good, SECRET_PREVIOUS: "" };
    expect(usableConfigOf(env).keys).toEqual(deriveKeys(good));
  });
});

test("a login object on an unusable configuration fails with the sentence", () => {
  expect(() => usableConfigOf({ DB })).toThrow(/^SECRET is missing\. /);
});

test("bindings are read once, and each set of them by itself", () => {
  const env = { DB, SECRET: good };
  expect(configOf(env)).toBe(configOf(env));
  expect(configOf({ ...env, SECRET: other })).not.toEqual(configOf(env));
});
