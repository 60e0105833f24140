/** Single sign-on, SSO_TTL_S: which session answers which request, and what it never answers. */
import { runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { addClient, type TestClient } from "../../support/worker/clients.ts";
import { Browser, newAccount, ORIGIN, phoneOf } from "../../support/worker/parties.ts";
import { signedInHere, withSso } from "../../support/worker/single-sign-on.ts";
import {
  approve,
  authorizeUrl,
  basic,
  callFromSite,
  claimsIn,
  exchange,
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
import { later, stageAt } from "../../support/worker/stages.ts";

let client: TestClient;
let other: TestClient;
beforeAll(async () => {
  const scope = "openid profile email";
  client = await addClient({ scope, postLogoutRedirectUris: ["https://acme.example/bye"] });
  other = await addClient({ scope });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const ask = (browser: Browser, more: Parameters = {}, headers = {}) =>
  browser.fetch(authorizeUrl(client, more), { headers });

async function tokensBy(browser: Browser, more: Parameters = {}): Promise<Tokens> {
  const { code = "" } = await toldToSite(await ask(browser, more));
  const response = await exchange(client, code);
  expect(response.status).toBe(200);
  return response.json();
}

async function expectPage(response: Response): Promise<void> {
  expect([response.status, response.headers.get("Location")]).toEqual([200, null]);
  expect(await response.text()).toContain("data-uuid");
}

const errorOf = async (response: Response) => (await toldToSite(response))["error"];

test("it is off unless it is set: a session answers nobody", async () => {
  const { browser } = await stageAt("redeemed");
  expect((await browser.fetch("/me")).status).toBe(200);
  await expectPage(await ask(browser));
  expect(await errorOf(await ask(browser, { prompt: "none" }))).toBe("login_required");
});

test("a session answers a site at once, with what it knows and the time it began", async () => {
  const account = await newAccount();
  await env.DB.prepare("UPDATE accounts SET email = 'ada@example.org' WHERE sub = ?")
    .bind(account.sub)
    .run();
  const browser = await later(-600, async () => signedInHere(await phoneOf(account)));
  const scope = "openid profile email";
  const told = await toldToSite(await ask(browser, { scope, nonce: "n" }));
  expect(Object.keys(told).sort()).toEqual(["code", "iss", "state"]);
  const tokens = await (await exchange(client, told["code"] ?? "")).json<Tokens>();
  const id = claimsIn(tokens.id_token);
  expect(id).toMatchObject({ sub: account.sub, nonce: "n", acr: "urn:scan-login:scan" });
  expect(Number(id["iat"]) - Number(id["auth_time"])).toBeGreaterThanOrEqual(599);
  expect(await (await userinfo(tokens.access_token)).json()).toEqual({
    sub: account.sub,
    name: account.name,
    preferred_username: account.username,
    email: "ada@example.org",
    email_verified: false,
  });
});

test("an older session than SSO_TTL_S answers nobody; at its last second it does", async () => {
  const browser = await signedInHere(undefined, withSso("60"));
  await expectPage(await later(61, () => ask(browser)));
  expect(await toldToSite(await later(58, () => ask(browser)))).toHaveProperty("code");
});

describe("the site may want the user asked", () => {
  test.each(["login", "select_account", "consent", "login consent"])(
    "prompt=%s",
    async (prompt) => {
      await expectPage(await ask(await signedInHere(), { prompt }));
    },
  );

  test("max_age: an older session does not count, and prompt=none is login_required", async () => {
    const browser = await signedInHere();
    const asked = (more: Parameters) => later(30, () => ask(browser, more));
    await expectPage(await asked({ max_age: "20" }));
    expect(await errorOf(await asked({ max_age: "20", prompt: "none" }))).toBe("login_required");
    expect(await toldToSite(await asked({ max_age: "40" }))).toHaveProperty("code");
    await expectPage(await ask(browser, { max_age: "0" }));
  });
});

const hintOf = async (by: TestClient, account = newAccount()) =>
  (await tokensOf(by, {}, await phoneOf(await account))).id_token;

async function expectAsked(browser: Browser, id_token_hint: string): Promise<void> {
  await expectPage(await ask(browser, { id_token_hint }));
  const silent = await ask(browser, { id_token_hint, prompt: "none" });
  expect(await errorOf(silent)).toBe("login_required");
}

describe("id_token_hint", () => {
  test("of the user who is signed in is answered, also long after it expired", async () => {
    const account = await newAccount();
    const hint = await later(-7200, () => hintOf(client, Promise.resolve(account)));
    const browser = await signedInHere(await phoneOf(account));
    const { id_token } = await tokensBy(browser, { id_token_hint: hint, prompt: "none" });
    expect(claimsIn(id_token)["sub"]).toBe(account.sub);
  });

  test("of another user has the user asked; with prompt=none it is login_required", async () => {
    await expectAsked(await signedInHere(), await hintOf(client));
  });

  test("36 of another client, unsigned, or altered, it vouches for nobody", async () => {
    const account = await newAccount();
    const browser = await signedInHere(await phoneOf(account));
    await expectAsked(browser, await hintOf(other, Promise.resolve(account)));
    const hint = await hintOf(client, Promise.resolve(account));
    const [head = "", payload = "", signature = ""] = hint.split(".");
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url");
    await expectAsked(browser, `${none}.${payload}.`);
    await expectAsked(browser, `${head}.${payload}.${signature.replace(/^./, "-")}`);
    await expectAsked(browser, "x");
  });
});

describe("what a session never is", () => {
  test("31 a yes for one site: it begins no session here, and answers no other", async () => {
    const browser = new Browser({ via: withSso() });
    const page = await openPage(authorizeUrl(client), browser);
    await toldToSite(await redeem(await approve(page)));
    expect(browser.cookies.has("__Host-session")).toBe(false);
    for (const by of [client, other]) {
      const silent = await browser.fetch(authorizeUrl(by, { prompt: "none" }));
      expect(await errorOf(silent)).toBe("login_required");
    }
  });

  test("trust does not chain: a session approves nobody's login on a phone", async () => {
    const browser = await signedInHere();
    const { uuid } = await browser.mint();
    await browser.check(uuid);
    for (const step of ["scan", "confirm"]) {
      const path = `/qrcode/${step}?uuid=${uuid}`;
      expect((await browser.fetch(path, { method: "POST" })).status).toBe(401);
    }
  });

  test("9 what a page may fetch: only a browser that is led here is answered", async () => {
    const browser = await signedInHere();
    for (const mode of ["no-cors", "cors", "same-origin"]) {
      await expectPage(await ask(browser, {}, { "Sec-Fetch-Mode": mode }));
    }
    const led = { "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "cross-site" };
    expect(await toldToSite(await ask(browser, {}, led))).toHaveProperty("code");
  });

  test("34 an open redirector: it is looked at only once the site's request is in order", async () => {
    const browser = await signedInHere();
    const response = await ask(browser, { redirect_uri: "https://evil.example/" });
    expect([response.status, response.headers.get("Location")]).toEqual([400, null]);
    expect(await errorOf(await ask(browser, { response_type: "token" }))).toBe(
      "unsupported_response_type",
    );
  });

  test("a forged one is none", async () => {
    const browser = new Browser({ via: withSso() });
    browser.cookies.set("__Host-session", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.");
    await expectPage(await ask(browser));
  });
});

test("by form_post the answer is a page that nobody can frame, and its form goes to the site", async () => {
  const response = await ask(await signedInHere(), { response_mode: "form_post" });
  expect(response.headers.get("X-Frame-Options")).toBe("DENY");
  expect(response.headers.get("Content-Security-Policy")).toContain("https://acme.example");
  expect(await toldToSite(response)).toHaveProperty("code");
});

test("a pushed request is one-time for a session too: the second time the site is told", async () => {
  const fields = { redirect_uri: REDIRECT_URI, response_type: "code", scope: "openid", state: "s" };
  const pushed = await callFromSite("/oauth/par", fields, basic(client));
  const { request_uri } = await pushed.json<{ request_uri: string }>();
  const path = `/oauth/authorize?${search({ client_id: client.id, request_uri })}`;
  const browser = await signedInHere();
  const { code = "" } = await toldToSite(await browser.fetch(path));
  expect(await errorOf(await browser.fetch(path))).toBe("invalid_request_uri");
  expect((await exchange(client, code)).status).toBe(200);
});

test("each is a login object like any other, and the audit trail says that a session answered", async () => {
  const account = await newAccount();
  const browser = await signedInHere(await phoneOf(account));
  const lines = vi.spyOn(console, "log").mockReturnValue(undefined);
  const { code = "" } = await toldToSite(await ask(browser));
  const said = lines.mock.calls.map(([line]) => JSON.parse(line as string) as { audit: string });
  expect(said).toContainEqual(
    expect.objectContaining({ audit: "login.vouched", user: account.sub, site: client.id }),
  );
  const [uuid = ""] = code.split(".");
  const stub = env.LOGIN.getByName(uuid);
  const alarm = await runInDurableObject(stub, (_, { storage }) => storage.getAlarm());
  expect(alarm).not.toBeNull();
});

test("signing out at the site ends the session that answered it, and nobody is answered then", async () => {
  const browser = await signedInHere();
  const { id_token: id_token_hint } = await tokensBy(browser);
  const out = { id_token_hint, post_logout_redirect_uri: "https://acme.example/bye" };
  const left = await browser.fetch(`/oauth/logout?${search(out)}`);
  expect(left.headers.get("Location")).toBe("https://acme.example/bye");
  expect(await errorOf(await ask(browser, { prompt: "none" }))).toBe("login_required");
});

test("a hint of a login by scan ends no session: it was not the one that answered", async () => {
  const account = await newAccount();
  const browser = await later(-60, async () => signedInHere(await phoneOf(account)));
  const { id_token: id_token_hint } = await tokensOf(client, {}, await phoneOf(account));
  await browser.fetch(`/oauth/logout?${search({ id_token_hint })}`);
  expect((await browser.fetch("/me")).status).toBe(200);
});

test("with a number that is no number SSO_TTL_S stops the Worker with a sentence", async () => {
  const response = await withSso("soon")(new Request(`${ORIGIN}/me`));
  expect(response.status).toBe(503);
  expect(await response.text()).toContain("SSO_TTL_S");
  expect((await exports.default.fetch(`${ORIGIN}/me`)).status).toBe(401);
});
