/** What no site sends: each endpoint's own standard error, and nothing granted. */
import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { signingKeysOf, type SigningKeys } from "../../../src/core/signing-keys.ts";
import { addClient, type TestClient } from "../../support/worker/clients.ts";
import { ORIGIN } from "../../support/worker/parties.ts";
import {
  basic,
  callFromSite,
  claimsIn,
  expectOAuthError,
  REDIRECT_URI,
  search,
  tokensOf,
  userinfo,
  type Tokens,
} from "../../support/worker/site-login.ts";
import { expectRefusal } from "../../support/worker/stages.ts";

let client: TestClient;
let signing: SigningKeys;
let tokens: Tokens;
beforeAll(async () => {
  client = await addClient({
    scope: "openid offline_access",
    grants: ["authorization_code", "refresh_token"],
  });
  signing = (await signingKeysOf(env)) as SigningKeys;
  tokens = await tokensOf(client, { scope: "openid offline_access" });
});

const send = (path: string, type: string | undefined, body: string, headers = {}) =>
  exports.default.fetch(ORIGIN + path, {
    method: "POST",
    headers: { ...headers, ...(type !== undefined && { "Content-Type": type }) },
    body,
    redirect: "manual",
  });

const form = "application/x-www-form-urlencoded";
const bySite = ["/oauth/par", "/oauth/token", "/oauth/introspect", "/oauth/revoke"];
const byUser = ["/oauth/authorize", "/oauth/logout"];

/** A page for the user alone, that leads nowhere. */
function expectPage(response: Response, status = 400): void {
  expect([response.status, response.headers.get("Location")]).toEqual([status, null]);
  expect(response.headers.get("Content-Type")).toMatch(/^text\/html/);
}

describe.each(bySite)("%s", (path) => {
  test.each(["client_id", "token", "grant_type", "code", "state", "x"])(
    "%s twice is invalid_request",
    async (name) => {
      const response = await send(path, form, `${name}=a&${name}=b`, basic(client));
      await expectOAuthError(response, "invalid_request");
    },
  );

  test.each([
    ["application/json", '{"token":"x"}'],
    ["text/plain", "token=x"],
    ["multipart/form-data; boundary=x", "--x--"],
    [";", "token=x"],
    ["application/json; application/x-www-form-urlencoded", "token=x"],
  ])("as %s it is invalid_request", async (type, body) => {
    await expectOAuthError(await send(path, type, body, basic(client)), "invalid_request");
  });

  test("more than anybody has a reason to send is refused before it is read", async () => {
    const response = await send(path, form, `token=${"x".repeat(100_000)}`, basic(client));
    await expectRefusal(response, "too_large");
  });

  test("names that are no parameters, and values that are no text, grant nothing", async () => {
    const body = "__proto__=1&constructor=2&toString=3&%00=%ff%fe&grant_type[]=x&token[a]=b";
    const response = await send(path, form, body, basic(client));
    await expectOAuthError(response, "invalid_request");
  });
});

describe.each(byUser)("%s by POST", (path) => {
  test.each([
    ["application/json", "{}"],
    ["text/plain", "client_id=x"],
    [form, "client_id=a&client_id=b"],
  ])("as %s %s it is a page", async (type, body) => {
    expectPage(await send(path, type, body));
  });
});

test("userinfo: a body that is no form, or a token twice, is invalid_request", async () => {
  const twice = `access_token=${tokens.access_token}`;
  const header = { Authorization: `Bearer ${tokens.access_token}` };
  for (const response of [
    await send("/oauth/userinfo", "application/json", "{}"),
    await send("/oauth/userinfo", form, `${twice}&${twice}`),
    await send("/oauth/userinfo", form, twice, header),
  ]) {
    await expectOAuthError(response, "invalid_request");
  }
});

test.each(["https://acme.example/cb/", "https://user@acme.example/cb", "https://[::1]/cb"])(
  "34 an almost registered %s is refused when it is pushed, and leads nowhere after signing out",
  async (uri) => {
    const plain = { redirect_uri: uri, response_type: "code", scope: "openid" };
    await expectOAuthError(
      await callFromSite("/oauth/par", plain, basic(client)),
      "invalid_request",
    );
    const leave = { id_token_hint: tokens.id_token, post_logout_redirect_uri: uri };
    expectPage(await exports.default.fetch(`${ORIGIN}/oauth/logout?${search(leave)}`));
  },
);

/** With our own key: what only issuer, audience, type and time can tell. */
const made = (claims: object, typ: "JWT" | "at+jwt" | "logout+jwt" = "at+jwt") =>
  signing.sign({ ...claimsIn(tokens.access_token), ...claims }, typ);

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");

async function forgeries(): Promise<readonly (readonly [string, string])[]> {
  const [head = "", payload = "", signature = ""] = tokens.access_token.split(".");
  const header = JSON.parse(Buffer.from(head, "base64url").toString()) as { kid: string };
  const stranger = await generateKeyPair("RS256", { extractable: true });
  const jwk = await exportJWK(stranger.publicKey);
  const theirs = (more: object) =>
    new SignJWT(claimsIn(tokens.access_token))
      .setProtectedHeader({ alg: "RS256", typ: "at+jwt", ...more })
      .sign(stranger.privateKey);
  const published = new TextEncoder().encode(JSON.stringify(signing.publicJwks.keys[0]));
  const hs256 = new SignJWT(claimsIn(tokens.access_token))
    .setProtectedHeader({ alg: "HS256", typ: "at+jwt", kid: header.kid })
    .sign(published);
  return [
    ["of another issuer", await made({ iss: "https://other.example" })],
    ["of our issuer with a slash", await made({ iss: `${ORIGIN}/` })],
    ["for another audience", await made({ aud: "https://other.example" })],
    ["for a client, as an id token is", await made({ aud: client.id })],
    ["that is over", await made({ exp: 1 })],
    ["without a grant", await made({ grant_id: undefined })],
    ["of a grant that nobody has", await made({ grant_id: "nobodys" })],
    ["of another user's name", await made({ sub: "sub-other" })],
    ["an id token", tokens.id_token],
    ["a refresh token", tokens.refresh_token],
    ["of the type of an id token", await made({}, "JWT")],
    ["of the type of a logout token", await made({}, "logout+jwt")],
    ["unsigned", `${encoded({ ...header, alg: "none" })}.${payload}.`],
    ["HS256 with the public key", await hs256],
    ["by a stranger who names our key", await theirs({ kid: header.kid })],
    ["by a stranger who brings a key", await theirs({ jwk })],
    ["by a stranger who says where it is", await theirs({ jku: "https://evil.example/jwks" })],
    ["a kid that is a path", `${encoded({ ...header, kid: "../keys" })}.${payload}.${signature}`],
    ["altered", `${head}.${encoded({ ...claimsIn(tokens.access_token), x: 1 })}.${signature}`],
  ];
}

describe("36 a token that is not what it should be", () => {
  test("is invalid_token at userinfo", async () => {
    for (const [what, token] of await forgeries()) {
      const response = await userinfo(token);
      expect(response.status, what).toBe(401);
      await expectOAuthError(response, "invalid_token", 401);
    }
    expect((await userinfo(tokens.access_token)).status).toBe(200);
  });

  test("is not active at introspection, and revokes nothing", async () => {
    for (const [what, token] of await forgeries()) {
      if (token === tokens.refresh_token) continue;
      const told = await callFromSite("/oauth/introspect", { token }, basic(client));
      expect(await told.json(), what).toEqual({ active: false });
      await callFromSite("/oauth/revoke", { token }, basic(client));
      expect((await userinfo(tokens.access_token)).status, what).toBe(200);
    }
  });
});

describe("36 a client assertion", () => {
  test("under a kid that is a path, or with a key that it brings or points to, proves nothing", async () => {
    const { publicKey } = await generateKeyPair("ES256", { extractable: true });
    const own = { ...(await exportJWK(publicKey)), kid: "key-1", alg: "ES256" };
    const { id } = await addClient({
      auth: "private_key_jwt",
      jwks: JSON.stringify({ keys: [own] }),
    });
    const stranger = await generateKeyPair("ES256", { extractable: true });
    const jwk = await exportJWK(stranger.publicKey);
    for (const more of [
      { kid: "../../key-1" },
      { kid: "__proto__" },
      { kid: "key-1" },
      { jwk },
      { jku: "https://evil.example/jwks" },
      { x5u: "https://evil.example/cert" },
    ]) {
      const client_assertion = await new SignJWT({ jti: crypto.randomUUID() })
        .setProtectedHeader({ alg: "ES256", ...more })
        .setIssuer(id)
        .setSubject(id)
        .setAudience(ORIGIN)
        .setExpirationTime("1m")
        .sign(stranger.privateKey);
      const client_assertion_type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
      const fields = { client_assertion, client_assertion_type, redirect_uri: REDIRECT_URI };
      for (const path of bySite) {
        await expectOAuthError(await callFromSite(path, fields), "invalid_client", 401);
      }
    }
  });
});
