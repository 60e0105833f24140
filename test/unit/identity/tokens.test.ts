import { SignJWT, UnsecuredJWT, type JWTPayload } from "jose";
import { describe, expect, test } from "vitest";
import { issueToken, readToken } from "../../../src/identity/tokens.ts";
import { deriveKeys, type Ring } from "../../../src/core/keys.ts";
import { altered, extended, truncated } from "../../support/spellings.ts";

const secret = "unit-3Vb8Qz1LmXw6TnK0rYpJ5sHdG9cEaU2f";
const other = "unit-W7yR4oPq0SxZ2kMvB6nJ8tLhC1gDfA5e";
const { session, account, ticket } = deriveKeys(secret);
const NOW = 1_800_000_000_700;
const S = 1_800_000_000;
const ada = { sub: "7", name: "Ada", avatar: "/avatars/ada.svg" };
const claims = { sub: "7", name: "Ada", iat: S, exp: S + 60 };

const token = await issueToken(session, ada, 60, NOW);

function signed(payload: JWTPayload, alg = "HS256", key: Ring = session): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg }).sign(key[0]);
}

function isRead(given: string, now = NOW, ring: Ring = session): Promise<boolean> {
  return readToken(ring, given, now).then((read) => read !== undefined);
}

/**
 * The library reads a signature in every spelling of its bytes, padded or with spare bits set. That
 * is harmless here, where no token is ever looked up by its text; all else must be to the letter.
 */
function isOtherToken(given: string): boolean {
  const cut = token.lastIndexOf(".") + 1;
  const bytesOf = (text: string) => Buffer.from(text.slice(cut), "base64url");
  return given.slice(0, cut) !== token.slice(0, cut) || !bytesOf(given).equals(bytesOf(token));
}

test("a token gives back its user and its times, in whole seconds", async () => {
  expect(await readToken(session, token, NOW)).toEqual({
    user: ada,
    issuedAt: S,
    expiresAt: S + 60,
  });
});

test("a user without an avatar has none", async () => {
  const plain = await issueToken(session, { sub: "林", name: "林小雨" }, 60, NOW);
  expect((await readToken(session, plain, NOW))?.user).toStrictEqual({ sub: "林", name: "林小雨" });
});

test("holds until the last millisecond before its end, and no longer", async () => {
  expect(await isRead(token, (S + 60) * 1000 - 1)).toBe(true);
  expect(await isRead(token, (S + 60) * 1000)).toBe(false);
});

describe("nothing is read from", () => {
  test("a token for another purpose", async () => {
    expect(await isRead(token, NOW, account)).toBe(false);
    expect(await isRead(await issueToken(account, ada, 60, NOW))).toBe(false);
    expect(await isRead(await issueToken(ticket, ada, 60, NOW))).toBe(false);
  });

  test("alg none, in any spelling", async () => {
    expect(await isRead(await signed(claims))).toBe(true);
    expect(await isRead(new UnsecuredJWT(claims).encode())).toBe(false);
    const [, payload = "", signature = ""] = token.split(".");
    for (const alg of ["none", "None", "NONE", ""]) {
      const header = Buffer.from(JSON.stringify({ alg })).toString("base64url");
      expect(await isRead(`${header}.${payload}.`)).toBe(false);
      expect(await isRead(`${header}.${payload}.${signature}`)).toBe(false);
    }
  });

  test("another algorithm, even with the right key", async () => {
    for (const alg of ["HS384", "HS512"]) {
      const wide = [Buffer.concat([session[0], session[0]])] as const;
      expect(await isRead(await signed(claims, alg, wide), NOW, wide)).toBe(false);
    }
  });

  test("HS256 with another key", async () => {
    expect(await isRead(await issueToken(deriveKeys(other).session, ada, 60, NOW))).toBe(false);
    expect(await isRead(await signed(claims, "HS256", [Buffer.from(secret)]))).toBe(false);
  });

  test("a truncated, extended or altered token, whatever the place, or something else", async () => {
    const wrong = [...truncated(token), ...extended(token), ...altered(token, "Aa0-_.")];
    for (const given of [...wrong.filter(isOtherToken), "", ".", "..", "a.b.c", "{}"]) {
      expect(await isRead(given), given).toBe(false);
    }
  });

  test.each<[string, JWTPayload]>([
    ["no subject", { name: "Ada", iat: S, exp: S + 60 }],
    ["an empty subject", { ...claims, sub: "" }],
    ["no name", { sub: "7", iat: S, exp: S + 60 }],
    ["a name that is no text", { ...claims, name: 7 }],
    ["no end", { sub: "7", name: "Ada", iat: S }],
    ["no beginning", { sub: "7", name: "Ada", exp: S + 60 }],
    ["a beginning yet to come", { ...claims, nbf: S + 10 }],
  ])("a well signed token with %s", async (_, payload) => {
    expect(await isRead(await signed(payload))).toBe(false);
  });
});

test("an avatar that no page may show is left out, the user stays", async () => {
  const bad = await signed({ ...claims, avatar: "javascript:alert(1)" });
  expect((await readToken(session, bad, NOW))?.user).toStrictEqual({ sub: "7", name: "Ada" });
});

test("a rolled secret keeps sessions, a dropped one ends them", async () => {
  const rolling = deriveKeys(other, secret).session;
  expect(await isRead(token, NOW, rolling)).toBe(true);
  expect(await isRead(token, (S + 60) * 1000, rolling)).toBe(false);
  expect(await isRead(token, NOW, deriveKeys(other).session)).toBe(false);
});
