/** Unmodified client libraries against the Worker: what they send and demand is theirs alone. */
import { exports } from "cloudflare:workers";
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from "jose";
import * as oauth from "oauth4webapi";
import * as oidc from "openid-client";
import { describe, expect, test } from "vitest";
import { addClient, type TestClient } from "../../support/worker/clients.ts";
import { newAccount, ORIGIN, phoneOf } from "../../support/worker/parties.ts";
import {
  approve,
  callFromSite,
  expectOAuthError,
  onward,
  openPage,
  redeem,
  REDIRECT_URI,
} from "../../support/worker/site-login.ts";

const scope = "openid profile offline_access";
const out = "https://acme.example/bye";
const everything = {
  scope,
  grants: ["authorization_code", "refresh_token"],
  postLogoutRedirectUris: [out],
};
const worker = (url: string, init: object) => exports.default.fetch(url, init);

/** The user's part: from the library's address to the one that it is called back at. */
async function signIn(url: URL, account: Awaited<ReturnType<typeof newAccount>>): Promise<URL> {
  const page = await openPage(url.pathname + url.search);
  return onward(await redeem(await approve(page, await phoneOf(account))));
}

async function newKeys() {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: "key-1", alg: "ES256" };
  return { privateKey, jwks: JSON.stringify({ keys: [jwk] }) };
}

async function discover(client: TestClient, auth?: oidc.ClientAuth) {
  const options = { [oidc.customFetch]: worker };
  return oidc.discovery(new URL(ORIGIN), client.id, client.secret || undefined, auth, options);
}

async function wholeLogin(client: TestClient, auth?: oidc.ClientAuth, isPushed = false) {
  const config = await discover(client, auth);
  oidc.enableNonRepudiationChecks(config);
  const account = await newAccount();
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const expectedState = oidc.randomState();
  const expectedNonce = oidc.randomNonce();
  const parameters = {
    redirect_uri: REDIRECT_URI,
    scope,
    prompt: "consent",
    state: expectedState,
    nonce: expectedNonce,
    max_age: "3600",
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
  };
  const url = isPushed
    ? await oidc.buildAuthorizationUrlWithPAR(config, parameters)
    : oidc.buildAuthorizationUrl(config, parameters);
  const callback = await signIn(url, account);
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, maxAge: 3600 };
  const tokens = await oidc.authorizationCodeGrant(config, callback, checks);
  const claims = tokens.claims();
  expect(claims?.sub).toBe(account.sub);
  const info = await oidc.fetchUserInfo(config, tokens.access_token, account.sub);
  expect(info.name).toBe(account.name);

  const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? "");
  expect(refreshed.claims()?.sub).toBe(account.sub);
  if (client.secret !== "") {
    const introspected = await oidc.tokenIntrospection(config, refreshed.access_token);
    expect(introspected).toMatchObject({ active: true, sub: account.sub });
  }
  const leaving = oidc.buildEndSessionUrl(config, {
    post_logout_redirect_uri: out,
    id_token_hint: refreshed.id_token ?? "",
  });
  const left = await worker(leaving.href, { redirect: "manual" });
  expect([left.status, left.headers.get("Location")]).toEqual([303, out]);
  await oidc.tokenRevocation(config, refreshed.refresh_token ?? "");
  await expect(oidc.fetchUserInfo(config, refreshed.access_token, account.sub)).rejects.toThrow(
    oidc.WWWAuthenticateChallengeError,
  );
}

describe("openid-client 6", () => {
  test("client_secret_post, as it comes", async () => {
    await wholeLogin(await addClient({ ...everything, auth: "client_secret_post" }));
  });

  test("client_secret_basic", async () => {
    const client = await addClient({ ...everything, auth: "client_secret_basic" });
    await wholeLogin(client, oidc.ClientSecretBasic(client.secret));
  });

  test("a public client", async () => {
    await wholeLogin(await addClient({ ...everything, auth: "none" }), oidc.None());
  });

  test("private_key_jwt, with a pushed request", async () => {
    const { privateKey, jwks } = await newKeys();
    const client = await addClient({ ...everything, auth: "private_key_jwt", jwks });
    await wholeLogin(client, oidc.PrivateKeyJwt({ key: privateKey, kid: "key-1" }), true);
  });

  test("hears access_denied, with iss and state in order", async () => {
    const client = await addClient({ ...everything, auth: "client_secret_post" });
    const config = await discover(client);
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT_URI,
      scope: "openid",
      state: "s",
    });
    const { browser, uuid, request } = await openPage(url.pathname + url.search);
    const callback = await onward(await browser.post("/oauth/redeem", { uuid, request }));
    const asking = oidc.authorizationCodeGrant(config, callback, { expectedState: "s" });
    await expect(asking).rejects.toMatchObject({ error: "access_denied" });
  });
});

describe("oauth4webapi 3", () => {
  test.each(["oidc", "oauth2"] as const)("a public client, discovered as %s", async (algorithm) => {
    const options = { [oauth.customFetch]: worker };
    const issuer = new URL(ORIGIN);
    const discovered = await oauth.discoveryRequest(issuer, { algorithm, ...options });
    const as = await oauth.processDiscoveryResponse(issuer, discovered);
    const row = await addClient({ ...everything, auth: "none" });
    const client: oauth.Client = { client_id: row.id };
    const account = await newAccount();
    const verifier = oauth.generateRandomCodeVerifier();
    const nonce = oauth.generateRandomNonce();
    const url = new URL(as.authorization_endpoint ?? "");
    url.search = new URLSearchParams({
      client_id: row.id,
      redirect_uri: REDIRECT_URI,
      response_type: "code",
      scope: "openid profile",
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    }).toString();
    const callback = await signIn(url, account);
    const parameters = oauth.validateAuthResponse(as, client, callback, oauth.expectNoState);
    const answered = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      oauth.None(),
      parameters,
      REDIRECT_URI,
      verifier,
      options,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, answered, {
      expectedNonce: nonce,
      requireIdToken: true,
    });
    await oauth.validateApplicationLevelSignature(as, answered, options);
    const info = await oauth.userInfoRequest(as, client, tokens.access_token, options);
    const claims = await oauth.processUserInfoResponse(as, client, account.sub, info);
    const { sub, name, username: preferred_username } = account;
    expect(claims).toEqual({ sub, name, preferred_username });
  });

  test("takes our access tokens for RFC 9068's", async () => {
    const row = await addClient({ ...everything, auth: "client_secret_post" });
    const options = { [oauth.customFetch]: worker };
    const issuer = new URL(ORIGIN);
    const as = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, options),
    );
    const url = new URL(as.authorization_endpoint ?? "");
    url.search = new URLSearchParams({
      client_id: row.id,
      redirect_uri: REDIRECT_URI,
      response_type: "code",
      scope: "openid",
    }).toString();
    const client: oauth.Client = { client_id: row.id };
    const parameters = oauth.validateAuthResponse(
      as,
      client,
      await signIn(url, await newAccount()),
    );
    const answered = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      oauth.ClientSecretPost(row.secret),
      parameters,
      REDIRECT_URI,
      oauth.nopkce,
      options,
    );
    const { access_token } = await oauth.processAuthorizationCodeResponse(as, client, answered);
    const request = new Request("https://api.example/", {
      headers: { Authorization: `Bearer ${access_token}` },
    });
    const claims = await oauth.validateJwtAccessToken(as, request, ORIGIN, options);
    expect(claims.client_id).toBe(row.id);
  });
});

const assertionOf = (
  key: CryptoKey,
  id: string,
  { aud = ORIGIN, jti = crypto.randomUUID(), iss = id, alg = "ES256", seconds = 60 } = {},
) => {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ iss, sub: id, aud, jti, iat: now, exp: now + seconds })
    .setProtectedHeader({ alg, kid: "key-1" })
    .sign(key);
};

const present = (client_assertion: string, more = {}) =>
  callFromSite("/oauth/par", {
    redirect_uri: REDIRECT_URI,
    response_type: "code",
    scope: "openid",
    client_assertion,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    ...more,
  });

describe("client assertions (RFC 7523)", () => {
  test("one is good once, even of 20 at once", async () => {
    const { privateKey, jwks } = await newKeys();
    const { id } = await addClient({ auth: "private_key_jwt", jwks });
    const assertion = await assertionOf(privateKey, id);
    const responses = await Promise.all(Array.from({ length: 20 }, () => present(assertion)));
    const statuses = responses.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401)).toHaveLength(19);
  });

  test("for the token endpoint it is good as well", async () => {
    const { privateKey, jwks } = await newKeys();
    const { id } = await addClient({ auth: "private_key_jwt", jwks });
    const assertion = await assertionOf(privateKey, id, { aud: `${ORIGIN}/oauth/token` });
    expect((await present(assertion)).status).toBe(201);
  });

  test("36 for somebody else, by somebody else, too long, or of a foreign key it is invalid_client", async () => {
    const { privateKey, jwks } = await newKeys();
    const { id } = await addClient({ auth: "private_key_jwt", jwks });
    const stranger = await newKeys();
    const [head = "", payload = "", signature = ""] = (await assertionOf(privateKey, id)).split(
      ".",
    );
    const none = Buffer.from('{"alg":"none"}').toString("base64url");
    const inline = Buffer.from(
      JSON.stringify({ alg: "ES256", jwk: JSON.parse(stranger.jwks).keys[0] }),
    ).toString("base64url");
    for (const assertion of [
      await assertionOf(privateKey, id, { aud: "https://other.example" }),
      await assertionOf(privateKey, id, { iss: "other" }),
      await assertionOf(privateKey, id, { seconds: 3600 }),
      await assertionOf(privateKey, id, { seconds: -60 }),
      await assertionOf(privateKey, id, { jti: "" }),
      await assertionOf(stranger.privateKey, id),
      `${none}.${payload}.`,
      `${inline}.${payload}.${signature}`,
      `${head}.${payload}.`,
      "x",
      "a.b.c",
    ]) {
      await expectOAuthError(await present(assertion), "invalid_client", 401);
    }
    const good = await assertionOf(privateKey, id);
    const noType = await present(good, { client_assertion_type: "x" });
    await expectOAuthError(noType, "invalid_client", 401);
    expect((await present(good, { client_id: id })).status).toBe(201);
  });

  test("36 a secret of HS256 made of the public key is invalid_client", async () => {
    const { jwks } = await newKeys();
    const { id } = await addClient({ auth: "private_key_jwt", jwks });
    const secret = await crypto.subtle.importKey(
      "raw",
      Buffer.from(jwks),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["sign"],
    );
    const assertion = await assertionOf(secret, id, { alg: "HS256" });
    await expectOAuthError(await present(assertion), "invalid_client", 401);
  });
});
