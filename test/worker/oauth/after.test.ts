/** What comes after the tokens: pushed requests, introspection, revocation, signing out. */
import { beforeAll, describe, expect, test } from "vitest";
import { addClient, type TestClient } from "../../support/worker/clients.ts";
import { Browser, ORIGIN } from "../../support/worker/parties.ts";
import { later, stageAt } from "../../support/worker/stages.ts";
import {
  approve,
  basic,
  callFromSite,
  exchange,
  expectOAuthError,
  newVerifier,
  onward,
  openPage,
  redeem,
  REDIRECT_URI,
  search,
  tokensOf,
  userinfo,
  type Parameters,
} from "../../support/worker/site-login.ts";

const scope = "openid profile offline_access";
const grants = ["authorization_code", "refresh_token"];
const out = "https://acme.example/bye";
let client: TestClient;
let other: TestClient;
let open: TestClient;
beforeAll(async () => {
  client = await addClient({ scope, grants, postLogoutRedirectUris: [out] });
  other = await addClient({ scope, grants });
  open = await addClient({ auth: "none" });
});

const urlOf = (request_uri: string, client_id = client.id, more = {}) =>
  `/oauth/authorize?${search({ client_id, request_uri, ...more })}`;

const status = async (url: string) => (await new Browser().fetch(url)).status;

describe("pushed requests (RFC 9126)", () => {
  const plain = { redirect_uri: REDIRECT_URI, response_type: "code", scope: "openid", state: "s" };
  const push = (more: Parameters = {}) =>
    callFromSite("/oauth/par", { ...plain, ...more }, basic(client));
  const pushed = async (more: Parameters = {}) =>
    (await (await push(more)).json<{ request_uri: string }>()).request_uri;

  test("a login begins from client_id and request_uri alone, and ends at the site", async () => {
    const { verifier, challenge } = newVerifier();
    const response = await push({ code_challenge: challenge, code_challenge_method: "S256" });
    expect(response.status).toBe(201);
    const { request_uri, expires_in } = await response.json<Record<string, string>>();
    expect(expires_in).toBe(90);
    const page = await openPage(urlOf(request_uri ?? ""));
    const answer = await onward(await redeem(await approve(page)));
    expect(answer.searchParams.get("state")).toBe("s");
    const code = answer.searchParams.get("code") ?? "";
    expect((await exchange(client, code, { code_verifier: verifier })).status).toBe(200);
  });

  test("what stands beside it does not count", async () => {
    const page = await openPage(urlOf(await pushed(), client.id, { scope: "profile", state: "x" }));
    expect(page.request).toContain("scope=openid&state=s");
  });

  test("of another client, altered, or too old, it is a page", async () => {
    const uri = await pushed();
    expect(await status(urlOf(uri, other.id))).toBe(400);
    expect(await status(urlOf(`${uri}x`))).toBe(400);
    expect(await status(urlOf(uri.replace("request_uri:", "request_uri:x")))).toBe(400);
    expect(await later(91, () => status(urlOf(uri)))).toBe(400);
    expect(await later(85, () => status(urlOf(uri)))).toBe(200);
  });

  test.each([
    [{ redirect_uri: "https://evil.example/" }, "invalid_request"],
    [{ request_uri: "urn:x" }, "invalid_request"],
    [{ response_type: "token" }, "unsupported_response_type"],
    [{ code_challenge: "x", code_challenge_method: "plain" }, "invalid_request"],
    [{ request: "x" }, "request_not_supported"],
    [{ scope: "root" }, "invalid_scope"],
  ])("%o is %s", async (more, error) => {
    await expectOAuthError(await push(more), error);
  });

  test("without proof it is invalid_client; a public client needs none, but PKCE", async () => {
    const fields = { ...plain, client_id: client.id };
    await expectOAuthError(await callFromSite("/oauth/par", fields), "invalid_client", 401);
    const publicly = { ...plain, client_id: open.id };
    await expectOAuthError(await callFromSite("/oauth/par", publicly), "invalid_request");
  });
});

const introspect = async (token: string, by = client) =>
  (await callFromSite("/oauth/introspect", { token }, basic(by))).json();

describe("introspection (RFC 7662)", () => {
  test("tells a client of its own tokens, while they are good", async () => {
    const tokens = await tokensOf(client, { scope });
    const active = { active: true, iss: ORIGIN, client_id: client.id, scope };
    expect(await introspect(tokens.access_token)).toMatchObject({
      ...active,
      token_type: "Bearer",
      aud: ORIGIN,
    });
    expect(await introspect(tokens.refresh_token)).toMatchObject(active);
    expect(await later(901, () => introspect(tokens.access_token))).toEqual({ active: false });
  });

  test("of another's token, of an id token and of nonsense it says active: false, and no more", async () => {
    const tokens = await tokensOf(client, { scope });
    for (const token of [tokens.access_token, tokens.refresh_token]) {
      expect(await introspect(token, other)).toEqual({ active: false });
    }
    for (const token of [tokens.id_token, "x", "a.b.c"]) {
      expect(await introspect(token)).toEqual({ active: false });
    }
  });

  test("is refused to public clients, and to nobody", async () => {
    const fields = { token: "x", client_id: open.id };
    const publicly = await callFromSite("/oauth/introspect", fields);
    await expectOAuthError(publicly, "unauthorized_client");
    const byNobody = await callFromSite("/oauth/introspect", { token: "x" });
    await expectOAuthError(byNobody, "invalid_client", 401);
  });
});

const revoke = (token: string, by = client) =>
  callFromSite("/oauth/revoke", { token, token_type_hint: "refresh_token" }, basic(by));

const refresh = (refresh_token: string) =>
  callFromSite("/oauth/token", { grant_type: "refresh_token", refresh_token }, basic(client));

describe("revocation (RFC 7009)", () => {
  test.each(["access_token", "refresh_token"] as const)(
    "of the %s ends everything that was granted with it",
    async (which) => {
      const tokens = await tokensOf(client, { scope });
      expect((await revoke(tokens[which])).status).toBe(200);
      expect((await userinfo(tokens.access_token)).status).toBe(401);
      await expectOAuthError(await refresh(tokens.refresh_token), "invalid_grant");
      expect((await revoke(tokens[which])).status).toBe(200);
    },
  );

  test("by another client does nothing, and says nothing", async () => {
    const tokens = await tokensOf(client, { scope });
    for (const token of [tokens.access_token, tokens.refresh_token, "x"]) {
      expect((await revoke(token, other)).status).toBe(200);
    }
    expect((await userinfo(tokens.access_token)).status).toBe(200);
    expect((await refresh(tokens.refresh_token)).status).toBe(200);
  });
});

const leave = (fields: Parameters, browser = new Browser()) =>
  browser.fetch(`/oauth/logout?${search(fields)}`);

describe("signing out (RP-Initiated Logout)", () => {
  const home = { post_logout_redirect_uri: out, state: "s" };

  test("with a valid hint goes back to the site, with its state, and ends what was granted", async () => {
    const tokens = await tokensOf(client, { scope: "openid" });
    const response = await leave({ ...home, id_token_hint: tokens.id_token, client_id: client.id });
    expect([response.status, response.headers.get("Location")]).toEqual([303, `${out}?state=s`]);
    expect((await userinfo(tokens.access_token)).status).toBe(401);
  });

  test("offline access goes on", async () => {
    const tokens = await tokensOf(client, { scope });
    expect((await leave({ ...home, id_token_hint: tokens.id_token })).status).toBe(303);
    expect((await userinfo(tokens.access_token)).status).toBe(200);
  });

  test("a hint that is over is good enough; by POST as well; without an address it is a page", async () => {
    const { id_token: id_token_hint } = await tokensOf(client, { scope: "openid" });
    const late = await later(5000, () => leave({ ...home, id_token_hint }));
    expect(late.status).toBe(303);
    const posted = await callFromSite("/oauth/logout", { id_token_hint });
    expect(posted.status).toBe(200);
    expect(await posted.text()).toContain("You are signed out");
  });

  test("without a hint, or with one that is not ours, the user is asked", async () => {
    const { id_token } = await tokensOf(client, { scope: "openid" });
    const [, payload = ""] = id_token.split(".");
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url");
    for (const fields of [
      {},
      { state: "s" },
      { ...home, client_id: client.id },
      { ...home, client_id: client.id, id_token_hint: `${none}.${payload}.` },
      { id_token_hint: `${id_token}x` },
    ]) {
      const response = await leave(fields);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('action="/oauth/logout/confirm"');
    }
  });

  test("an address that is not registered is a page that leads nowhere", async () => {
    const { id_token: id_token_hint } = await tokensOf(client, { scope: "openid" });
    for (const uri of [`${out}?x=1`, `${out}/`, "https://evil.example/"]) {
      const response = await leave({ id_token_hint, post_logout_redirect_uri: uri });
      expect([response.status, response.headers.get("Location")]).toEqual([400, null]);
    }
    const hintless = await leave({ post_logout_redirect_uri: out });
    expect(hintless.status).toBe(400);
    const mixed = await leave({ ...home, id_token_hint, client_id: other.id });
    expect(mixed.status).toBe(400);
  });

  test("only our own page's yes ends the session here", async () => {
    const { browser } = await stageAt("redeemed");
    const page = await leave({ ...home, client_id: client.id }, browser);
    expect(page.headers.get("Content-Security-Policy")).toContain(
      "form-action 'self' https://acme.example;",
    );
    expect((await browser.fetch("/me")).status).toBe(200);
    const fields = { ...home, client_id: client.id };
    const foreign = await browser.fetch("/oauth/logout/confirm", {
      method: "POST",
      headers: { Origin: "https://evil.example" },
      body: new URLSearchParams(fields),
    });
    expect(foreign.status).toBe(403);
    const gone = await browser.submit("/oauth/logout/confirm", fields);
    expect([gone.status, gone.headers.get("Location")]).toEqual([303, `${out}?state=s`]);
    expect((await browser.fetch("/me")).status).toBe(401);
  });
});
