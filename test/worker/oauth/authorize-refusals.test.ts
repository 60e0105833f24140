/** Requests of sites that are not in order: who is told, of what, and that nothing begins. */
import { listDurableObjectIds } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { addClient, type TestClient } from "../../support/worker/clients.ts";
import { Browser, ORIGIN } from "../../support/worker/parties.ts";
import {
  authorizeUrl,
  newVerifier,
  REDIRECT_URI,
  search,
  type Parameters,
} from "../../support/worker/site-login.ts";

let client: TestClient;
let publicClient: TestClient;
let native: TestClient;

beforeAll(async () => {
  client = await addClient({ scope: "openid profile" });
  publicClient = await addClient({ auth: "none" });
  native = await addClient({
    auth: "none",
    redirectUris: ["http://127.0.0.1/cb", "http://[::1]/cb?a=1", "http://localhost:8080/cb"],
  });
});

const s256 = { code_challenge: newVerifier().challenge, code_challenge_method: "S256" };

function open(path: string): Promise<Response> {
  return new Browser().fetch(path);
}

/** A page, for the user alone: it leads nowhere, and no login may begin from it. */
async function expectPage(response: Response): Promise<void> {
  expect(response.status).toBe(400);
  expect(response.headers.get("Content-Type")).toMatch(/^text\/html/);
  expect(response.headers.get("Location")).toBeNull();
  expect(response.headers.getSetCookie()).toEqual([]);
  // Its own address, in another language, is all that it may lead to.
  const links = (await response.text()).matchAll(/(?:href|action|src)="([^"]*)"/g);
  for (const [, link = ""] of links) expect(link).toMatch(/^(\?|\/(?!\/))/);
}

async function expectTold(response: Response, error: string, state: string | null = "state-1") {
  expect(response.status).toBe(303);
  const location = new URL(response.headers.get("Location") ?? "");
  expect(location.origin + location.pathname).toBe(REDIRECT_URI);
  expect(location.searchParams.get("error")).toBe(error);
  expect(location.searchParams.get("state")).toBe(state);
  expect(location.searchParams.get("iss")).toBe(ORIGIN);
  expect(location.searchParams.has("code")).toBe(false);
  const description = location.searchParams.get("error_description") ?? "";
  expect(description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
  expect(response.headers.getSetCookie()).toEqual([]);
}

describe("34 open redirector: a redirect_uri that is almost registered is a page, and no redirect", () => {
  test.each([
    undefined,
    "",
    "https://acme.example/cb/",
    "https://acme.example/CB",
    "https://ACME.example/cb",
    "https://acme.example:443/cb",
    "https://acme.example:8443/cb",
    "http://acme.example/cb",
    "https://acme.example/cb?x=1",
    "https://acme.example/cb#x",
    "https://acme.example/cb%2f",
    "https://acme.example/c%62",
    "https://acme.example/./cb",
    "https://user@acme.example/cb",
    "https://acme.example@evil.example/cb",
    "https://acme.example.evil.example/cb",
    "https://evil.example/cb",
    "//acme.example/cb",
    "/cb",
    "javascript:alert(1)",
    "https://acme.example/cb\u0000",
    " https://acme.example/cb",
    "https://[::1]/cb",
    "http://127.0.0.1/cb",
  ])("%j", async (redirect_uri) => {
    await expectPage(await open(authorizeUrl(client, { redirect_uri })));
  });
});

describe("a loopback redirect_uri may be at any port (RFC 8252), and nothing else of it may differ", () => {
  test.each([
    ["http://127.0.0.1/cb", 200],
    ["http://127.0.0.1:49152/cb", 200],
    ["http://[::1]:1/cb?a=1", 200],
    ["http://localhost:3000/cb", 200],
    ["http://127.0.0.1:49152/cb/", 400],
    ["http://127.0.0.1:49152/other", 400],
    ["http://127.0.0.1:49152/cb?a=1", 400],
    ["http://[::1]:1/cb", 400],
    ["https://127.0.0.1:49152/cb", 400],
    ["http://127.0.0.2:49152/cb", 400],
    ["http://localhost.evil.example:49152/cb", 400],
    ["http://127.0.0.1:49152@evil.example/cb", 400],
    ["http://127.0.0.1:/cb", 400],
    ["http://127.0.0.1:999999/cb", 400],
  ] as const)("%s", async (redirect_uri, status) => {
    const response = await open(authorizeUrl(native, { redirect_uri, ...s256 }));
    expect(response.status).toBe(status);
  });
});

describe("no client, no answer", () => {
  test.each([{ client_id: undefined }, { client_id: "nobody" }, { client_id: "a'b" }])(
    "%o",
    async (more) => {
      await expectPage(await open(authorizeUrl(client, more)));
    },
  );
  test.each(["client_id", "redirect_uri", "state", "scope", "nonce", "response_type"])(
    "%s twice is a page",
    async (name) => {
      const path = authorizeUrl(client, { nonce: "n" });
      const again = new URL(path, ORIGIN).searchParams.get(name) ?? "";
      await expectPage(await open(`${path}&${search({ [name]: again })}`));
    },
  );
});

describe("the site is told", () => {
  const cases: readonly (readonly [string, string, Parameters])[] = [
    ["no response_type", "invalid_request", { response_type: undefined }],
    ["token", "unsupported_response_type", { response_type: "token" }],
    ["code id_token", "unsupported_response_type", { response_type: "code id_token" }],
    ["id_token", "unsupported_response_type", { response_type: "id_token" }],
    ["response_mode fragment", "invalid_request", { response_mode: "fragment" }],
    ["response_mode query.jwt", "invalid_request", { response_mode: "query.jwt" }],
    ["no scope", "invalid_scope", { scope: undefined }],
    ["a scope of nobody", "invalid_scope", { scope: "root" }],
    ["a scope that the client may not ask for", "invalid_scope", { scope: "email" }],
    ["a request object", "request_not_supported", { request: "eyJhbGciOiJub25lIn0.e30." }],
    [
      "a stranger's request_uri",
      "request_uri_not_supported",
      { request_uri: "https://evil.example/request.jwt" },
    ],
    ["registration", "registration_not_supported", { registration: "{}" }],
    ["prompt=none", "login_required", { prompt: "none" }],
    ["prompt=none login", "invalid_request", { prompt: "none login" }],
    ["max_age=-1", "invalid_request", { max_age: "-1" }],
    ["a request that is too long", "invalid_request", { nonce: "n".repeat(3000) }],
  ];
  test.each(cases)("%s", async (_, error, more) => {
    await expectTold(await open(authorizeUrl(client, more)), error);
  });

  test("without a state, none comes back", async () => {
    const path = authorizeUrl(client, { prompt: "none", state: undefined });
    await expectTold(await open(path), "login_required", null);
  });

  test("by form_post, where the site asked for it", async () => {
    const path = authorizeUrl(client, { prompt: "none", response_mode: "form_post" });
    const response = await open(path);
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html).toContain(`action="${REDIRECT_URI}"`);
    expect(html).toContain('name="error" value="login_required"');
    expect(html).toContain(`name="iss" value="${ORIGIN}"`);
    expect(response.headers.get("Content-Security-Policy")).toContain(
      "form-action 'self' https: https://acme.example;",
    );
  });
});

describe("33 PKCE", () => {
  const { challenge } = newVerifier();
  const cases: readonly (readonly [string, Parameters])[] = [
    ["plain", { code_challenge: challenge, code_challenge_method: "plain" }],
    ["no method, which means plain", { code_challenge: challenge }],
    ["a method without a challenge", { code_challenge_method: "S256" }],
    ["a challenge that is too short", { code_challenge: "x", code_challenge_method: "S256" }],
    ["one that is not base64url", { ...s256, code_challenge: `${challenge.slice(1)}=` }],
  ];
  test.each(cases)("%s is refused, for a confidential client too", async (_, more) => {
    await expectTold(await open(authorizeUrl(client, more)), "invalid_request");
  });
  test("a public client without PKCE is refused", async () => {
    await expectTold(await open(authorizeUrl(publicClient)), "invalid_request");
  });
  test("a confidential client may do without: some cannot do it", async () => {
    expect((await open(authorizeUrl(client))).status).toBe(200);
  });
});

describe("what is not known, or not for us, does not stand in the way", () => {
  test.each([
    { extra: "foobar" },
    { display: "popup" },
    { prompt: "login" },
    { prompt: "consent select_account" },
    { max_age: "0" },
    { login_hint: "ada", id_token_hint: "x", acr_values: "1 2", claims_locales: "se" },
    { claims: '{"userinfo":{"name":{"essential":true}}}' },
    { scope: "openid address phone nonsense" },
  ])("%o", async (more) => {
    expect((await open(authorizeUrl(client, more))).status).toBe(200);
  });

  test("ui_locales comes before what the browser asks for", async () => {
    const html = await (await open(authorizeUrl(client, { ui_locales: "fr zh-CN en" }))).text();
    expect(html).toContain('<html lang="zh-Hans">');
    expect(html).toContain("然后继续访问 <bdi>Acme</bdi>");
  });
});

test("a client's name is text in its page, whatever it says", async () => {
  const odd = await addClient({ name: `<b>"Acme" & 'co'</b>` });
  const html = await (await open(authorizeUrl(odd))).text();
  expect(html).not.toContain('<b>"Acme"');
  expect(html).toContain("&lt;b&gt;");
});

const awake = async () => [
  (await listDurableObjectIds(env.LOGIN)).length,
  (await listDurableObjectIds(env.USERS)).length,
];

test("no request of a site, good or bad, wakes an object", async () => {
  const before = await awake();
  for (let i = 0; i < 10; i++) await open(authorizeUrl(client));
  expect(await awake()).toEqual(before);
});
