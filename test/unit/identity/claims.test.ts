/** The door by which a user's claims come in, for jwks, introspection and service alike. */
import { describe, expect, test } from "vitest";
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

describe("what a source says beyond the name", () => {
  test("is passed on as it is", () => {
    const claims = {
      sub: "u1",
      name: "Ada",
      email: "ada@site.example",
      email_verified: true,
      preferred_username: "ada",
      locale: "zh-Hans-CN",
    };
    expect(userFromClaims(claims)).toEqual({
      sub: "u1",
      name: "Ada",
      email: "ada@site.example",
      emailVerified: true,
      preferredUsername: "ada",
      locale: "zh-Hans-CN",
    });
  });

  test.each([false, undefined, "true", 1, null])(
    "an address is verified only where it is said so: not by %j",
    (email_verified) => {
      const user = userFromClaims({ sub: "u1", email: "ada@site.example", email_verified });
      expect(user).toMatchObject({ email: "ada@site.example", emailVerified: false });
    },
  );

  test.each([
    ["email", ["", "ada", "@b", "a@", "a@b@c", "a b@c.d", "a@b.c\n", "a\u202e@b.c", 7, null]],
    ["email", [`${"a".repeat(250)}@b.cd`]],
    ["preferred_username", ["", " ada", "a\u200bda", "a".repeat(500), 7]],
    ["locale", ["", "e", "en us", "en-", "-en", "en--us", "../en", `en-${"a-".repeat(20)}b`, {}]],
  ])("%s is left out where it is none, and nobody is refused for it", (claim, values) => {
    for (const value of values) {
      const user = userFromClaims({ sub: "u1", name: "Ada", email_verified: true, [claim]: value });
      expect(user, JSON.stringify(value)).toEqual({ sub: "u1", name: "Ada" });
    }
  });
});
