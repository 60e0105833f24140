/** One login for a site, from its request to what it is told of its user. */
import { createHash } from "node:crypto";
import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { signingKeysOf, type SigningKeys } from "../../../src/core/signing-keys.ts";
import { addClient } from "../../support/worker/clients.ts";
import { Browser, newAccount, ORIGIN, phoneOf } from "../../support/worker/parties.ts";
import { later } from "../../support/worker/stages.ts";
import {
  approve,
  authorizeUrl,
  callFromSite,
  claimsIn,
  exchange,
  headerOf,
  newVerifier,
  onward,
  openPage,
  redeem,
  REDIRECT_URI,
  tokensOf,
  userinfo,
  type Tokens,
} from "../../support/worker/site-login.ts";

test("from the request to userinfo, each answer in the standard's own shape", async () => {
  const client = await addClient({ scope: "openid profile email" });
  const account = await newAccount();
  const page = await openPage(
    authorizeUrl(client, { nonce: "nonce-1", scope: "openid profile phone" }),
  );
  expect(page.html).toContain("to continue to <bdi>Acme</bdi>");

  const approved = await approve(page, await phoneOf(account));
  const redeemed = await redeem(approved);
  const answer = await onward(redeemed);
  expect(answer.origin + answer.pathname).toBe(REDIRECT_URI);
  expect([...answer.searchParams.keys()].sort()).toEqual(["code", "iss", "state"]);
  expect(answer.searchParams.get("state")).toBe("state-1");
  expect(answer.searchParams.get("iss")).toBe(ORIGIN);
  expect(page.browser.cookies.has("__Host-session")).toBe(false);
  expect(page.browser.cookies.has(`__Host-login-${page.uuid}`)).toBe(false);

  const response = await exchange(client, answer.searchParams.get("code") ?? "");
  expect(response.status).toBe(200);
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  const tokens = await response.json<Tokens>();
  expect(tokens).toEqual({
    access_token: tokens.access_token,
    token_type: "Bearer",
    expires_in: 900,
    scope: "openid profile",
    id_token: tokens.id_token,
  });

  const keys = (await signingKeysOf(env)) as SigningKeys;
  const expected = { issuer: ORIGIN, now: Date.now() } as const;
  const id = await keys.verify(tokens.id_token, { ...expected, typ: "JWT", audience: client.id });
  const { iat, sid, auth_time } = id as Record<string, number>;
  const atHash = createHash("sha256").update(tokens.access_token).digest().subarray(0, 16);
  expect(id).toEqual({
    iss: ORIGIN,
    sub: account.sub,
    aud: client.id,
    iat,
    exp: Number(iat) + 900,
    auth_time,
    acr: "urn:scan-login:scan",
    amr: ["user"],
    sid,
    nonce: "nonce-1",
    at_hash: atHash.toString("base64url"),
  });
  expect(auth_time).toBe(Math.floor(approved.time / 1000));
  expect(headerOf(tokens.access_token)).toMatchObject({ alg: "RS256", typ: "at+jwt" });
  expect(claimsIn(tokens.access_token)).toMatchObject({
    iss: ORIGIN,
    aud: ORIGIN,
    sub: account.sub,
    client_id: client.id,
    scope: "openid profile",
  });

  const info = await userinfo(tokens.access_token);
  const { sub, name, username: preferred_username } = account;
  expect(await info.json()).toEqual({ sub, name, preferred_username });
});

test("without a nonce the id token has none, and without openid there is no id token", async () => {
  const client = await addClient({ scope: "openid profile" });
  const { id_token } = await tokensOf(client);
  expect(claimsIn(id_token)).not.toHaveProperty("nonce");
  const plain = await tokensOf(client, { scope: "profile" });
  expect(plain).not.toHaveProperty("id_token");
  expect((await userinfo(plain.access_token)).status).toBe(403);
});

test("a client whose row says so has the profile in its id token as well", async () => {
  const client = await addClient({ scope: "openid profile", claimsInIdToken: true });
  const account = await newAccount();
  const tokens = await tokensOf(client, { scope: "openid profile" }, await phoneOf(account));
  expect(claimsIn(tokens.id_token)).toMatchObject({ name: account.name });
  const without = await tokensOf(client, { scope: "openid" }, await phoneOf(account));
  expect(claimsIn(without.id_token)).not.toHaveProperty("name");
});

test("a public client proves itself by its verifier alone", async () => {
  const client = await addClient({ auth: "none" });
  const { verifier, challenge } = newVerifier();
  const page = await openPage(
    authorizeUrl(client, { code_challenge: challenge, code_challenge_method: "S256" }),
  );
  const answer = await onward(await redeem(await approve(page)));
  const response = await callFromSite("/oauth/token", {
    grant_type: "authorization_code",
    client_id: client.id,
    code: answer.searchParams.get("code") ?? "",
    redirect_uri: REDIRECT_URI,
    code_verifier: verifier,
  });
  expect(response.status).toBe(200);
});

test("a request by POST goes on as GET, so that its page can be loaded again", async () => {
  const client = await addClient();
  const path = authorizeUrl(client);
  const response = await exports.default.fetch(`${ORIGIN}/oauth/authorize`, {
    method: "POST",
    headers: {
      Origin: "https://acme.example",
      "Content-Type": "application/x-www-form-urlencoded",
    },
    body: path.split("?")[1] ?? "",
    redirect: "manual",
  });
  expect([response.status, response.headers.get("Location")]).toEqual([303, path]);
});

test("form_post: the answer is for a form, which the page's policy lets go to the site", async () => {
  const client = await addClient();
  const browser = new Browser();
  const path = authorizeUrl(client, { response_mode: "form_post" });
  const policy = (await browser.fetch(path)).headers.get("Content-Security-Policy");
  expect(policy).toContain("form-action 'self' https: https://acme.example;");
  const page = await openPage(path, browser);
  const redeemed = await (await redeem(await approve(page))).json<Record<string, unknown>>();
  expect(redeemed).toEqual({
    redirect_to: REDIRECT_URI,
    form: { code: expect.any(String), state: "state-1", iss: ORIGIN },
  });
});

test("an expired page goes on with a fresh code, and the site does not notice", async () => {
  const client = await addClient();
  const page = await openPage(authorizeUrl(client));
  const fresh = await page.browser.fetch(`/qrcode/get?svg=1&for_site=1&instead_of=${page.uuid}`);
  const { uuid } = await fresh.json<{ uuid: string }>();
  const answer = await onward(await redeem(await approve({ ...page, uuid })));
  expect((await exchange(client, answer.searchParams.get("code") ?? "")).status).toBe(200);
});

test("a page whose key is gone gets no code for somebody else: it begins anew", async () => {
  const client = await addClient();
  const { uuid } = await openPage(authorizeUrl(client));
  const response = await new Browser().fetch(`/qrcode/get?for_site=1&instead_of=${uuid}`);
  expect(response.status).toBe(403);
});

test("the phone is told which site asks, from the client's row", async () => {
  const client = await addClient({ name: "Acme" });
  const { browser, uuid } = await openPage(authorizeUrl(client));
  await browser.check(uuid);
  const phone = await phoneOf(await newAccount());
  const claim = await (await phone.scan(uuid)).json<{ site: object }>();
  expect(claim.site).toEqual({ name: "Acme", host: "acme.example" });
  expect(await (await phone.check(uuid)).json()).toMatchObject({ site: { name: "Acme" } });
});

test("no on the phone is access_denied at the site", async () => {
  const client = await addClient();
  const page = await openPage(authorizeUrl(client));
  await page.browser.check(page.uuid);
  const phone = await phoneOf(await newAccount());
  await phone.scan(page.uuid);
  await phone.cancel(page.uuid);
  const { browser, uuid, request } = page;
  const answer = await onward(await browser.post("/oauth/redeem", { uuid, request }));
  expect(answer.searchParams.get("error")).toBe("access_denied");
  expect(answer.searchParams.get("state")).toBe("state-1");
  expect(answer.searchParams.get("iss")).toBe(ORIGIN);
});

test("a code is good for a minute", async () => {
  const client = await addClient();
  const page = await openPage(authorizeUrl(client));
  const answer = await onward(await redeem(await approve(page)));
  const code = answer.searchParams.get("code") ?? "";
  const late = await later(61, () => exchange(client, code));
  expect(late.status).toBe(400);
  const inTime = await later(58, () => exchange(client, code));
  expect(inTime.status).toBe(200);
});

test("an address is told within the scope email, and whether it is verified", async () => {
  const client = await addClient({ scope: "openid email" });
  const account = await newAccount();
  await env.DB.prepare("UPDATE accounts SET email = ? WHERE sub = ?")
    .bind("ada@example.org", account.sub)
    .run();
  const phone = await phoneOf(account);
  const told = await userinfo(
    (await tokensOf(client, { scope: "openid email" }, phone)).access_token,
  );
  expect(await told.json()).toEqual({
    sub: account.sub,
    email: "ada@example.org",
    email_verified: false,
  });
  const plain = await userinfo((await tokensOf(client, {}, phone)).access_token);
  expect(await plain.json()).toEqual({ sub: account.sub });
});
