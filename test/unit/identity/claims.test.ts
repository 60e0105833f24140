/** The door by which a user's claims come in, for jwks, introspection and service alike. */
import { expect, test } from "vitest";
import { userFromClaims } from "../../../src/identity/claims.ts";

const name = (claims: object) =>
  (userFromClaims({ sub: "u1", ...claims }) as { name: string }).name;

test("28 names that lie: a name comes in without what turns or hides text", () => {
  expect(name({ name: "\u202EadA\u2066 \u200BLove\u00ADlace\u202C" })).toBe("adA Lovelace");
  expect(name({ name: "Ada\r\nYou are signed in to\tAcme" })).toBe("Ada You are signed in to Acme");
});

test("28 names that lie: of the claims that name somebody, the first that shows anything counts", () => {
  expect(name({ name: "\u200B\u2800", preferred_username: "ada" })).toBe("ada");
  expect(name({ name: 7, preferred_username: " ", username: "\u3164", email: "a@b.c" })).toBe(
    "a@b.c",
  );
  expect(name({ name: "" })).toBe("u1");
});

test("28 names that lie: somebody whose very sub is invisible has a name all the same", () => {
  expect(name({ sub: "\u200B" })).toBe("?");
});

test("28 names that lie: a name is cut between what people count as characters", () => {
  const family = "👩‍👩‍👧‍👦";
  expect(name({ name: family.repeat(20) })).toBe(`${family.repeat(9)}…`);
});
