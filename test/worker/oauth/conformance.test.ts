/**
 * The modules of the OpenID Foundation's plans for providers, each under its own name, as HTTP. What
 * is not here, and why, is in docs/CONFORMANCE.md.
 */
import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { addClient, type TestClient } from "../../support/worker/clients.ts";
import { Browser, newAccount, ORIGIN, phoneOf } from "../../support/worker/parties.ts";
import { signedInHere } from "../../support/worker/single-sign-on.ts";
import { later } from "../../support/worker/stages.ts";
import {
  approve,
  authorizeUrl,
  basic,
  callFromSite,
  claimsIn,
  codeOf,
  exchange,
  expectOAuthError,
  newVerifier,
  openPage,
  redeem,
  REDIRECT_URI,
  search,
  tokensOf,
  toldToSite,
  userinfo,
  type Parameters,
  type Tokens,
} from "../../support/worker/site-login.ts";

const scope = "openid profile email offline_access";
const out = "https://acme.example/bye";
let client: TestClient;
let client2: TestClient;
beforeAll(async () => {
  const all = { scope, grants: ["authorization_code", "refresh_token"] };
  client = await addClient({ ...all, postLogoutRedirectUris: [out] });
  client2 = await addClient(all);
});

async function errorAt(more: Parameters): Promise<string | undefined> {
  const told = await toldToSite(await new Browser().fetch(authorizeUrl(client, more)));
  expect([told["state"], told["iss"]]).toEqual(["state-1", ORIGIN]);
  return told["error"];
}

/** Whole, from the request to userinfo. */
async function succeeds(more: Parameters = {}): Promise<Tokens> {
  const tokens = await tokensOf(client, more);
  const told = await userinfo(tokens.access_token);
  expect(told.status).toBe(200);
  const { sub } = await told.json<{ sub: string }>();
  expect(claimsIn(tokens.id_token)["sub"]).toBe(sub);
  return tokens;
}

/** Two logins of a browser that is signed in here, where SSO_TTL_S is set: what the id tokens say. */
async function bothFor(
  mode: Parameters,
  then: Parameters | ((idToken: string) => Parameters),
): Promise<Record<string, unknown>[]> {
  const browser = await signedInHere();
  const login = async (more: Parameters) => {
    const response = await browser.fetch(authorizeUrl(client, { ...mode, ...more }));
    const { code = "" } = await toldToSite(response);
    return (await (await exchange(client, code)).json<Tokens>()).id_token;
  };
  const first = await login({});
  const second = await login(typeof then === "function" ? then(first) : then);
  return [first, second].map(claimsIn);
}

const leave = (fields: Parameters) => new Browser().fetch(`/oauth/logout?${search(fields)}`);

const hint = async () => (await tokensOf(client)).id_token;

function expectNoRedirect(response: Response): void {
  expect(response.headers.get("Location")).toBeNull();
  expect(response.headers.get("Content-Type")).toMatch(/^text\/html/);
}

const refresh = (by: TestClient, refresh_token: string) =>
  callFromSite("/oauth/token", { grant_type: "refresh_token", refresh_token }, basic(by));

const plans = [
  { plan: "oidcc-basic-certification-test-plan", response_mode: undefined },
  { plan: "oidcc-formpost-basic-certification-test-plan", response_mode: "form_post" },
];

/** The same modules in both plans: what differs is how the site is answered, faults included. */
describe.each(plans)("$plan", ({ response_mode }) => {
  const mode = { response_mode };
  test("oidcc-server", async () => {
    const code = await codeOf(client, mode);
    // The suite's own measure: Shannon entropy of the characters, times their number.
    expect(entropyBits(code)).toBeGreaterThan(128);
    const tokens = await (await exchange(client, code)).json<Tokens>();
    expect(tokens.expires_in).toBeGreaterThan(0);
    expect(claimsIn(tokens.id_token)).not.toHaveProperty("name");
  });
  test("oidcc-response-type-missing", async () => {
    expect(await errorAt({ ...mode, response_type: undefined })).toBe("invalid_request");
  });
  test("oidcc-userinfo-get", async () => {
    await succeeds(mode);
  });
  test("oidcc-userinfo-post-header", async () => {
    const { access_token } = await tokensOf(client, mode);
    const headers = { Authorization: `Bearer ${access_token}` };
    const url = `${ORIGIN}/oauth/userinfo`;
    expect((await exports.default.fetch(url, { method: "POST", headers })).status).toBe(200);
  });
  test("oidcc-userinfo-post-body", async () => {
    const { access_token } = await tokensOf(client, mode);
    expect((await callFromSite("/oauth/userinfo", { access_token })).status).toBe(200);
  });
  test("oidcc-ensure-request-without-nonce-succeeds-for-code-flow", async () => {
    expect(claimsIn((await succeeds(mode)).id_token)).not.toHaveProperty("nonce");
  });
  test.each(["profile", "email", "address", "phone", "profile email address phone"])(
    "oidcc-scope-%s",
    async (more) => {
      const account = await newAccount();
      await env.DB.prepare("UPDATE accounts SET email = 'ada@example.org' WHERE sub = ?")
        .bind(account.sub)
        .run();
      const asked = { ...mode, scope: `openid ${more}` };
      const tokens = await tokensOf(client, asked, await phoneOf(account));
      const told = await (await userinfo(tokens.access_token)).json<Record<string, unknown>>();
      expect(told["name"]).toBe(more.includes("profile") ? account.name : undefined);
      expect(told["email"]).toBe(more.includes("email") ? "ada@example.org" : undefined);
      expect(claimsIn(tokens.id_token)).not.toHaveProperty("email");
    },
  );
  test("oidcc-alternate-happy-flow", async () => {
    const fields = [...new URLSearchParams(authorizeUrl(client, mode).split("?")[1])].toReversed();
    const page = await openPage(`/oauth/authorize?${new URLSearchParams(fields).toString()}`);
    expect(await toldToSite(await redeem(await approve(page)))).toHaveProperty("code");
  });
  test("oidcc-prompt-login", async () => {
    const account = await newAccount();
    const first = await tokensOf(client, mode, await phoneOf(account));
    const second = await later(5, async () =>
      tokensOf(client, { ...mode, prompt: "login" }, await phoneOf(account)),
    );
    const [before, after] = [first, second].map(({ id_token }) => claimsIn(id_token)["auth_time"]);
    expect(Number(after)).toBeGreaterThan(Number(before));
  });
  test("oidcc-prompt-none-not-logged-in", async () => {
    expect(await errorAt({ ...mode, prompt: "none" })).toBe("login_required");
  });
  test("oidcc-prompt-none-logged-in", async () => {
    const [first, second] = await bothFor(mode, { prompt: "none" });
    expect(second?.["sub"]).toBe(first?.["sub"]);
    expect(second?.["auth_time"]).toBe(first?.["auth_time"]);
  });
  test("oidcc-max-age-10000", async () => {
    const [first, second] = await bothFor(mode, { max_age: "10000" });
    expect(second?.["auth_time"]).toBe(first?.["auth_time"]);
  });
  test("oidcc-id-token-hint", async () => {
    const [first, second] = await bothFor(mode, (id_token_hint) => ({
      prompt: "none",
      id_token_hint,
    }));
    expect(second?.["sub"]).toBe(first?.["sub"]);
  });
  test("oidcc-max-age-1", async () => {
    const { id_token } = await succeeds({ ...mode, max_age: "1" });
    expect(Number(claimsIn(id_token)["auth_time"])).toBeGreaterThan(Date.now() / 1000 - 30);
  });
  const ignored: Record<string, Parameters> = {
    "oidcc-display-page": { display: "page" },
    "oidcc-display-popup": { display: "popup" },
    "oidcc-ensure-request-with-unknown-parameter-succeeds": { extra: "foobar" },
    "oidcc-login-hint": { login_hint: "ada@example.org" },
    "oidcc-ui-locales": { ui_locales: "se" },
    "oidcc-claims-locales": { claims_locales: "se" },
    "oidcc-claims-essential": { claims: '{"userinfo":{"name":{"essential":true}}}' },
  };
  test.each(Object.entries(ignored))("%s", async (_, more) => {
    await succeeds({ ...mode, ...more });
  });
  test("oidcc-ensure-request-with-acr-values-succeeds", async () => {
    const { id_token } = await succeeds({ ...mode, acr_values: "urn:scan-login:scan 1" });
    expect(claimsIn(id_token)["acr"]).toBe("urn:scan-login:scan");
  });
  test("oidcc-codereuse", async () => {
    const code = await codeOf(client, mode);
    await exchange(client, code);
    await expectOAuthError(await exchange(client, code), "invalid_grant");
  });
  test("oidcc-codereuse-30seconds", async () => {
    const code = await codeOf(client, mode);
    const { access_token } = await (await exchange(client, code)).json<Tokens>();
    await expectOAuthError(await later(30, () => exchange(client, code)), "invalid_grant");
    expect((await userinfo(access_token)).status).toBe(401);
  });
  test("oidcc-ensure-registered-redirect-uri", async () => {
    const url = authorizeUrl(client, { ...mode, redirect_uri: `${REDIRECT_URI}/other` });
    const response = await new Browser().fetch(url);
    expect([response.status, response.headers.get("Location")]).toEqual([400, null]);
  });
  test("oidcc-ensure-post-request-succeeds", async () => {
    const browser = new Browser();
    const [path = "", query = ""] = authorizeUrl(client, mode).split("?");
    const response = await browser.submit(path, Object.fromEntries(new URLSearchParams(query)));
    const page = await openPage(response.headers.get("Location") ?? "", browser);
    expect(await toldToSite(await redeem(await approve(page)))).toHaveProperty("code");
  });
  test("oidcc-server-client-secret-post", async () => {
    const { id, secret } = await addClient({ auth: "client_secret_post" });
    const fields = { client_id: id, client_secret: secret, redirect_uri: REDIRECT_URI };
    const code = await codeOf({ id, secret }, mode);
    const answer = await callFromSite("/oauth/token", {
      grant_type: "authorization_code",
      code,
      ...fields,
    });
    expect(answer.status).toBe(200);
  });
  test("oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported", async () => {
    const request_uri = "https://acme.example/request.jwt";
    expect(await errorAt({ ...mode, request_uri })).toBe("request_uri_not_supported");
  });
  test("oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported", async () => {
    expect(await errorAt({ ...mode, request: "eyJhbGciOiJub25lIn0.e30." })).toBe(
      "request_not_supported",
    );
  });
  test("oidcc-refresh-token", async () => {
    const first = await tokensOf(client, { ...mode, scope, prompt: "consent" });
    await expectOAuthError(await refresh(client2, first.refresh_token), "invalid_grant");
    const second = await later(2, async () =>
      (await refresh(client, first.refresh_token)).json<Tokens>(),
    );
    const [before, after] = [first, second].map(({ id_token }) => claimsIn(id_token));
    for (const same of ["iss", "sub", "aud", "auth_time", "sid"]) {
      expect(after?.[same]).toEqual(before?.[same]);
    }
    expect(after?.["iat"]).not.toBe(before?.["iat"]);
    expect(entropyBits(second.refresh_token)).toBeGreaterThan(128);
  });
  test("oidcc-ensure-request-with-valid-pkce-succeeds", async () => {
    const { verifier, challenge } = newVerifier();
    const code = await codeOf(client, {
      ...mode,
      code_challenge: challenge,
      code_challenge_method: "S256",
    });
    expect((await exchange(client, code, { code_verifier: verifier })).status).toBe(200);
  });
});

describe("oidcc-config-certification-test-plan", () => {
  test("oidcc-discovery-endpoint-verification", async () => {
    const response = await exports.default.fetch(`${ORIGIN}/.well-known/openid-configuration`);
    const document = await response.json<Record<string, unknown>>();
    expect(document["issuer"]).toBe(ORIGIN);
    expect(document["id_token_signing_alg_values_supported"]).toContain("RS256");
    expect(document["scopes_supported"]).toContain("openid");
    expect(document["subject_types_supported"]).toEqual(["public"]);
    for (const [name, value] of Object.entries(document)) {
      if (name.endsWith("_endpoint")) expect(String(value)).toMatch(/^https:/);
    }
    const keys = await exports.default.fetch(String(document["jwks_uri"]));
    expect(await keys.text()).not.toMatch(/"(d|p|q|dp|dq|qi)":/);
  });
});

describe("oidcc-rp-initiated-logout-certification-test-plan", () => {
  const uri = { post_logout_redirect_uri: out };

  test("oidcc-rp-initiated-logout", async () => {
    const response = await leave({ ...uri, state: "s", id_token_hint: await hint() });
    expect(response.headers.get("Location")).toBe(`${out}?state=s`);
    expect(await errorAt({ prompt: "none" })).toBe("login_required");
  });
  test("oidcc-rp-initiated-logout-no-state", async () => {
    const response = await leave({ ...uri, id_token_hint: await hint() });
    expect(response.headers.get("Location")).toBe(out);
  });
  test("oidcc-rp-initiated-logout-bad-post-logout-redirect-uri", async () => {
    const bad = { post_logout_redirect_uri: "https://evil.example/" };
    expectNoRedirect(await leave({ ...bad, id_token_hint: await hint() }));
  });
  test("oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri", async () => {
    const bad = { post_logout_redirect_uri: `${out}?foo=bar` };
    expectNoRedirect(await leave({ ...bad, id_token_hint: await hint() }));
  });
  test("oidcc-rp-initiated-logout-modified-id-token-hint", async () => {
    const [, payload = ""] = (await hint()).split(".");
    const none = Buffer.from('{"alg":"none"}').toString("base64url");
    expectNoRedirect(await leave({ ...uri, id_token_hint: `${none}.${payload}.` }));
  });
  test("oidcc-rp-initiated-logout-bad-id-token-hint", async () => {
    const [head = "", payload = ""] = (await hint()).split(".");
    const foreign = "A".repeat(342);
    expectNoRedirect(await leave({ ...uri, id_token_hint: `${head}.${payload}.${foreign}` }));
  });
  test("oidcc-rp-initiated-logout-no-id-token-hint", async () => {
    expectNoRedirect(await leave({ ...uri, state: "s" }));
  });
  test.each([
    ["oidcc-rp-initiated-logout-no-params", {}],
    ["oidcc-rp-initiated-logout-only-state", { state: "s" }],
  ])("%s", async (_, fields) => {
    expectNoRedirect(await leave(fields));
  });
  test("oidcc-rp-initiated-logout-no-post-logout-redirect-uri", async () => {
    const response = await leave({ id_token_hint: await hint(), state: "s" });
    expect(await response.text()).toContain("You are signed out");
  });
});

function entropyBits(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  const shares = [...counts.values()].map((count) => count / text.length);
  return text.length * shares.reduce((sum, share) => sum - share * Math.log2(share), 0);
}
