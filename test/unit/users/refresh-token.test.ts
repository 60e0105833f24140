/** The refresh token's wire form: only we can make one, and it says where its family is. */
import { expect, test } from "vitest";
import { deriveKeys } from "../../../src/core/keys.ts";
import { namesOf, readRefreshToken, refreshTokenFor } from "../../../src/users/refresh-token.ts";
import { altered, extended, truncated } from "../../support/spellings.ts";

const secret = "unit-3Vb8Qz1LmXw6TnK0rYpJ5sHdG9cEaU2f";
const other = "unit-W7yR4oPq0SxZ2kMvB6nJ8tLhC1gDfA5e";
const keys = deriveKeys(secret);
const [object] = namesOf(keys, "ada");
const said = { object, grantId: "grant-1_x", number: 12 };
const token = refreshTokenFor(keys.refresh, said);
const forged = { refused: "bad_grant", reason: "refresh_forged" };

test("says where its family is, and which of the family it is", () => {
  expect(readRefreshToken(keys, token)).toMatchObject(said);
});

test("holds 256 bits that nobody can guess, and not the user's name", () => {
  expect(token.split(".").at(-1)).toMatch(/^[\w-]{43}$/);
  expect(token).not.toContain("ada");
  expect(Buffer.from(token, "base64url").toString()).not.toContain("ada");
});

test("in every other spelling is forged, in all its places", () => {
  for (const text of [...altered(token), ...truncated(token), ...extended(token)]) {
    expect(readRefreshToken(keys, text), text).toEqual(forged);
  }
});

test("with parts moved from one to another is forged", () => {
  const mac = token.split(".").at(-1);
  for (const parts of [
    [object, "grant-1_x1", "2"],
    [object, "grant-1_", "x12"],
    [object, "grant-1_x", "012"],
    [object, "grant-1_x", "12", "12"],
    [object, "", "12"],
    [object, "a".repeat(65), "12"],
    [object, "grant-1_x", "9999999999"],
    [object, "grant-1_x", "-1"],
    [object, "grant-1_x", "1e1"],
  ]) {
    expect(readRefreshToken(keys, [...parts, mac].join("."))).toEqual(forged);
  }
});

test("signed with the key of any other purpose is forged", () => {
  for (const [purpose, ring] of Object.entries(keys)) {
    const read = readRefreshToken(keys, refreshTokenFor(ring, said));
    expect("refused" in read, purpose).toBe(purpose !== "refresh");
  }
});

test("users have objects of their own, whose names cannot be made without the secret", () => {
  const both = deriveKeys(other, secret);
  const names = ["ada", "Ada", "ada ", "", "lin"].flatMap((sub) => namesOf(both, sub));
  expect(new Set(names).size).toBe(10);
  for (const name of names) expect(name).toMatch(/^[\w-]{22}$/);
});

test("a secret that rolls names a new object, and still knows the old one", () => {
  const both = deriveKeys(other, secret);
  expect(namesOf(both, "ada")).toEqual([...namesOf(deriveKeys(other), "ada"), object]);
});

test("while a secret rolls, a token leads to its object, and its successors are signed as it was", () => {
  const both = deriveKeys(other, secret);
  const read = readRefreshToken(both, token);
  if ("refused" in read) throw new Error("refused");
  expect(read).toMatchObject(said);
  const next = refreshTokenFor(read.ring, { ...said, number: 13 });
  expect(readRefreshToken(keys, next)).toMatchObject({ number: 13 });
});

test("once the old secret is dropped, what it had named is out of reach and its tokens are void", () => {
  expect(readRefreshToken(deriveKeys(other), token)).toEqual(forged);
  expect(namesOf(deriveKeys(other), "ada")).not.toContain(object);
});
