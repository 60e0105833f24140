/** Which kinds of token pass as an access token, from a real issuer on loopback. */
import { afterAll, describe, expect, test } from "vitest";
import { jwksIdentity, readJwks, type JwksConfig } from "../../../src/identity/jwks.ts";
import { Issuer } from "../../support/issuer.ts";

const issuer = await Issuer.start();
afterAll(() => issuer.stop());

const ada = { sub: "user-1", name: "Ada Lovelace" };
const refused = { refused: "unauthenticated", reason: "token_kind" };

function identity(more: Record<string, string> = {}) {
  return jwksIdentity(readJwks({ ...issuer.vars, ...more }) as JwksConfig);
}

async function authenticate(
  claims: object,
  header: Record<string, unknown>,
  settings: Record<string, string> = {},
) {
  return identity(settings).authenticate(await issuer.token({ ...ada, ...claims }, header));
}

describe("26 token kinds", () => {
  test.each([
    {},
    ...["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt"].map((typ) => ({ typ })),
  ])("a token of %j passes, as OpenID Connect and RFC 9068 have it", async (header) => {
    expect(await authenticate({}, header)).toEqual(ada);
  });

  test.each([
    "logout+jwt",
    "secevent+jwt",
    "application/secevent+jwt",
    "dpop+jwt",
    "token-introspection+jwt",
    "JWT+at",
    "at+jwt ",
    "",
    7,
    null,
  ])("a well signed token of type %j is refused", async (typ) => {
    expect(await authenticate({}, { typ })).toMatchObject(refused);
  });

  test.each([
    [
      "a logout token (Back-Channel Logout, section 2.4)",
      { events: { "http://schemas.openid.net/event/backchannel-logout": {} } },
    ],
    ["a security event (RFC 8417)", { events: { "urn:example:disabled": {} } }],
    ["a token bound to a key by DPoP (RFC 9449)", { cnf: { jkt: "a".repeat(43) } }],
    ["a token bound to a certificate (RFC 8705)", { cnf: { "x5t#S256": "a".repeat(43) } }],
    ["a token with events of an odd shape", { events: null }],
    ["a token bound to nothing readable", { cnf: "" }],
  ])("%s is refused, though its type says JWT", async (_, claims) => {
    expect(await authenticate(claims, { typ: "JWT" })).toMatchObject(refused);
  });

  test("JWKS_TYP pins one type, in any spelling of it, and no other passes", async () => {
    const pinned = { JWKS_TYP: "at+jwt" };
    expect(await authenticate({}, { typ: "at+jwt" }, pinned)).toEqual(ada);
    expect(await authenticate({}, { typ: "application/AT+JWT" }, pinned)).toEqual(ada);
    for (const header of [{}, { typ: "JWT" }, { typ: "logout+jwt" }]) {
      expect(await authenticate({}, header, pinned)).toMatchObject(refused);
    }
    expect(await authenticate({ cnf: {} }, { typ: "at+jwt" }, pinned)).toMatchObject(refused);
  });

  test("JWKS_TYP may name a type that only this issuer has", async () => {
    const pinned = { JWKS_TYP: "vnd.acme.session+jwt" };
    expect(await authenticate({}, { typ: "vnd.acme.session+jwt" }, pinned)).toEqual(ada);
    expect(await authenticate({}, { typ: "at+jwt" }, pinned)).toMatchObject(refused);
  });

  test("JWKS_TYP that is set to nothing stops the Worker with a sentence", () => {
    expect(readJwks({ ...issuer.vars, JWKS_TYP: "" })).toEqual({
      misconfigured: "JWKS_TYP is not usable: it must be text that is not empty.",
    });
  });
});
