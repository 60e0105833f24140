/** The built-in accounts: who gets a token, what it is good for, and what never is. */
import { env } from "cloudflare:workers";
import { SignJWT } from "jose";
import { expect, test } from "vitest";
import { hashPassword } from "../../src/identity/password.ts";
import { issueToken } from "../../src/identity/tokens.ts";
import { deriveKeys } from "../../src/core/keys.ts";
import { Browser, newAccount, Phone, phoneOf, setStatus } from "../support/worker/parties.ts";
import { expectRefusal, later, stageAt, stored, withBindings } from "../support/worker/stages.ts";

const lost = () => Promise.reject(new Error("D1_ERROR: network connection lost"));
const tokenFor = (username: string, password: string) =>
  new Browser().post("/account/token", { username, password });

test("the right password gets a Bearer token for a month, and who it is for", async () => {
  const { username, password, sub, name } = await newAccount();
  const response = await tokenFor(username, password);
  const answer = await response.json<{ access_token: string }>();
  expect(response.headers.getSetCookie()).toEqual([]);
  expect(answer).toEqual({
    access_token: answer.access_token,
    token_type: "Bearer",
    expires_in: 30 * 86_400,
    user: { sub, name },
  });
});

test("usernames are compared without case, passwords with", async () => {
  const { username, password } = await newAccount();
  expect((await tokenFor(username.toUpperCase(), password)).status).toBe(200);
  await expectRefusal(await tokenFor(username, password.toUpperCase() + "a"), "bad_credentials");
});

test("a hash at the cost of real accounts lets its password in, and no other", async () => {
  const { username } = await newAccount();
  const update = env.DB.prepare("UPDATE accounts SET password_hash = ? WHERE username = ?");
  await update.bind(await hashPassword("correct horse"), username).run();
  expect((await tokenFor(username, "correct horse")).status).toBe(200);
  await expectRefusal(await tokenFor(username, "correct horse "), "bad_credentials");
});

test("a hash that is not readable, or of an impossible cost, lets nobody in", async () => {
  const { username } = await newAccount();
  const update = env.DB.prepare("UPDATE accounts SET password_hash = ? WHERE username = ?");
  const [salt, digest] = ["A".repeat(22), "A".repeat(43)];
  for (const hash of [
    "",
    "plain",
    "$scrypt$ln=15,r=8,p=3$short$short",
    `$scrypt$ln=0,r=8,p=1$${salt}$${digest}`,
    `$scrypt$ln=40,r=8,p=1$${salt}$${digest}`,
  ]) {
    await update.bind(hash, username).run();
    await expectRefusal(await tokenFor(username, "plain"), "bad_credentials");
  }
});

test("11 guessing: a wrong password and a missing account get the same answer, to the last byte", async () => {
  const { username } = await newAccount();
  const [wrong, missing] = [await tokenFor(username, "x"), await tokenFor(`no-${username}`, "x")];
  expect(wrong.status).toBe(401);
  expect([missing.status, await missing.text()]).toEqual([wrong.status, await wrong.text()]);
  expect([...missing.headers]).toEqual([...wrong.headers]);
});

test.for([
  ["disabled", "account_disabled"],
  ["deleted", "account_deleted"],
] as const)(
  "that an account is %s is told only to somebody who knows the password",
  async ([status, code]) => {
    const { username, password } = await newAccount(status);
    await expectRefusal(await tokenFor(username, password), code);
    await expectRefusal(await tokenFor(username, "x"), "bad_credentials");
  },
);

test("as a form the token becomes the phone page's cookie, and the code is asked again", async () => {
  const { uuid } = await stageAt("pending");
  const page = new Browser();
  const { username, password } = await newAccount();
  const response = await page.submit("/account/token", { uuid, username, password });
  expect(response.status).toBe(303);
  expect(response.headers.get("Location")).toBe(`/qrcode/scan?uuid=${uuid}`);
  expect(await response.text()).toBe("");
  expect((await page.fetch(`/qrcode/scan?uuid=${uuid}`, { method: "POST" })).status).toBe(200);
});

test("a form with a wrong, oversized or empty password sets no cookie, and is a page again", async () => {
  const { uuid } = await stageAt("pending");
  const page = new Browser();
  const { username } = await newAccount();
  for (const [password, status] of [
    ["x", 401],
    ["x".repeat(257), 401],
    ["", 400],
  ] as const) {
    const response = await page.submit("/account/token", { uuid, username, password });
    expect([response.status, response.headers.getSetCookie()]).toEqual([status, []]);
    expect(response.headers.get("Content-Type")).toMatch(/^text\/html/);
  }
});

test("a form from a foreign page, or without an origin, is refused before the password is looked at", async () => {
  const { uuid } = await stageAt("pending");
  const { username, password } = await newAccount();
  for (const Origin of ["https://evil.example", "null", ""]) {
    const response = await new Browser().fetch("/account/token", {
      method: "POST",
      headers: { Origin },
      body: new URLSearchParams({ uuid, username, password }),
    });
    await expectRefusal(response, "foreign_origin");
    expect(response.headers.getSetCookie()).toEqual([]);
  }
});

test.for(["disabled", "deleted"] as const)(
  "13 bad token: an account that is %s after its token was issued can neither scan nor confirm",
  async (status) => {
    const account = await newAccount();
    const phone = await phoneOf(account);
    const { uuid } = await stageAt("pending");
    const { uuid: scanned } = await stageAt("pending");
    expect((await phone.scan(scanned)).status).toBe(200);
    await setStatus(account, status);
    await expectRefusal(await phone.scan(uuid), "unauthenticated");
    await expectRefusal(await phone.confirm(scanned), "unauthenticated");
    expect(await stored(scanned)).toMatchObject({ state: "scanned" });
  },
);

test("13 bad token: a token is refused once its month is over", async () => {
  const phone = await phoneOf(await newAccount());
  const monthS = 30 * 86_400;
  const scanAfter = (seconds: number) =>
    later(seconds, async () => {
      const { uuid } = await stageAt("pending", { phone });
      return phone.scan(uuid);
    });
  expect((await scanAfter(monthS - 60)).status).toBe(200);
  await expectRefusal(await scanAfter(monthS + 1), "unauthenticated");
});

test("where the accounts cannot be asked, a password is answered 503 with Retry-After, never let in", async () => {
  const { uuid } = await stageAt("pending");
  const { username, password } = await newAccount();
  const { token } = await phoneOf(await newAccount());
  const statement = { bind: () => statement, first: lost, run: lost, all: lost };
  const via = withBindings({ DB: { prepare: () => statement, batch: lost } });
  for (const response of [
    await new Phone(token, { via }).scan(uuid),
    await new Browser({ via }).post("/account/token", { username, password }),
  ]) {
    expect(response.headers.get("Retry-After")).toBe("2");
    await expectRefusal(response, "unavailable");
  }
  const page = new Browser({ via });
  page.cookies.set("__Host-account", token);
  const response = await page.fetch(`/qrcode/scan?uuid=${uuid}`);
  expect(response.status).toBe(503);
  expect(await response.text()).not.toContain("<form");
  expect(await stored(uuid)).toMatchObject({ version: 1 });
});

test("13 bad token: trust does not chain: a session gained by scanning approves no login", async () => {
  const { browser: signedIn } = await stageAt("redeemed");
  const session = signedIn.cookies.get("__Host-session") ?? "";
  const { uuid, phone } = await stageAt("scanned");
  const before = await stored(uuid);

  const asBearer = new Phone(session);
  const asCookie = new Browser();
  asCookie.cookies.set("__Host-account", session);
  const post = { method: "POST" };
  for (const call of ["scan", "confirm", "cancel"]) {
    const path = `/qrcode/${call}?uuid=${uuid}`;
    for (const party of [asBearer, asCookie, signedIn]) {
      await expectRefusal(await party.fetch(path, post), "unauthenticated");
    }
  }
  const asPhone = await asCookie.fetch(`/qrcode/check?uuid=${uuid}&as=phone`);
  await expectRefusal(asPhone, "unauthenticated");
  expect(await stored(uuid)).toEqual(before);
  expect((await phone.confirm(uuid)).status).toBe(200);
});

test("13 bad token: trust does not chain back: a phone's token is not a session", async () => {
  const phone = await phoneOf(await newAccount());
  const browser = new Browser();
  browser.cookies.set("__Host-session", phone.token);
  await expectRefusal(await browser.fetch("/me"), "unauthenticated");
});

test("the phone page's cookie counts for nothing on calls from elsewhere", async () => {
  const { uuid } = await stageAt("pending");
  const { token } = await phoneOf(await newAccount());
  const page = new Browser();
  page.cookies.set("__Host-account", token);
  for (const Origin of ["https://evil.example", "null", ""]) {
    const headers = { Origin };
    const scan = await page.fetch(`/qrcode/scan?uuid=${uuid}`, { method: "POST", headers });
    await expectRefusal(scan, "foreign_origin");
    const upgrade = { ...headers, Upgrade: "websocket" };
    const socket = await page.fetch(`/qrcode/ws?uuid=${uuid}&as=phone`, { headers: upgrade });
    await expectRefusal(socket, "foreign_origin");
  }
  expect(await stored(uuid)).toMatchObject({ version: 1 });
});

test("13 bad token: tokens that are unsigned, signed with the secret itself or under another algorithm are refused", async () => {
  const { uuid } = await stageAt("pending");
  const { sub, name } = await newAccount();
  const [account] = deriveKeys(env.SECRET).account;
  const jwt = (alg: string, key: Uint8Array) =>
    new SignJWT({ name })
      .setProtectedHeader({ alg })
      .setSubject(sub)
      .setIssuedAt()
      .setExpirationTime("1h")
      .sign(key);
  const none = [{ alg: "none" }, { sub, name, iat: 1, exp: 9_999_999_999 }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const long = new Uint8Array(64).fill(7);
  const tokens = [
    `${none}.`,
    await jwt("HS256", new TextEncoder().encode(env.SECRET)),
    await jwt("HS512", account),
    await jwt("HS256", long),
    (await jwt("HS256", account)).slice(0, -2),
  ];
  for (const token of tokens)
    await expectRefusal(await new Phone(token).scan(uuid), "unauthenticated");
  expect((await new Phone(await jwt("HS256", account)).scan(uuid)).status).toBe(200);
});

test("13 bad token: a well-signed token of an account that is not there is refused", async () => {
  const { uuid } = await stageAt("pending");
  const user = { sub: "sub-nobody", name: "Nobody" };
  const token = await issueToken(deriveKeys(env.SECRET).account, user, 3600, Date.now());
  await expectRefusal(await new Phone(token).scan(uuid), "unauthenticated");
});

test("a deployment with an outside issuer has no built-in accounts to ask", async () => {
  const via = withBindings({
    IDENTITY: "jwks",
    JWKS_URL: "https://issuer.example/keys",
    JWKS_ISSUER: "https://issuer.example",
    JWKS_AUDIENCE: "scan-login",
  });
  const { username, password } = await newAccount();
  const browser = new Browser({ via });
  const token = await browser.post("/account/token", { username, password });
  await expectRefusal(token, "not_found");
  await expectRefusal(await browser.post("/qrcode/verify", {}), "not_found");
});

test("28 names that lie: an account's name is shown without what turns or hides text", async () => {
  const { username, password } = await newAccount();
  const rename = env.DB.prepare("UPDATE accounts SET name = ? WHERE username = ?");
  await rename.bind("\u202EadA\n\u200BLovelace", username).run();
  const phone = await phoneOf({ sub: "", name: "", username, password });
  const answer = await (await tokenFor(username, password)).json<{ user: { name: string } }>();
  expect(answer.user.name).toBe("adA Lovelace");
  const { uuid, browser } = await stageAt("pending");
  await phone.scan(uuid);
  expect((await browser.view(uuid)).user?.name).toBe("adA Lovelace");
});

test("28 names that lie: an account whose name is invisible goes by its sub", async () => {
  const { username, password, sub } = await newAccount();
  await env.DB.prepare("UPDATE accounts SET name = ? WHERE username = ?")
    .bind("\u2066\u2069", username)
    .run();
  const answer = await (await tokenFor(username, password)).json<{ user: { name: string } }>();
  expect(answer.user.name).toBe(sub);
});

test("an account's address and username are known to the login, and told by no call of the front door", async () => {
  const { username, password, sub, name } = await newAccount();
  const set = "UPDATE accounts SET email = ?, email_verified = 1 WHERE sub = ?";
  await env.DB.prepare(set).bind("ada@site.example", sub).run();
  const token = await (await tokenFor(username, password)).json<{ user: object }>();
  expect(token.user).toEqual({ sub, name });
  const { uuid, browser } = await stageAt("pending");
  const scan = await (await phoneOf({ sub, name, username, password })).scan(uuid);
  expect(await stored(uuid)).toMatchObject({
    user: { email: "ada@site.example", emailVerified: true, preferredUsername: username },
  });
  expect(await scan.text()).not.toContain("site.example");
  expect(await (await browser.check(uuid)).text()).not.toContain("site.example");
});
