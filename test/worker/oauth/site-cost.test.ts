/**
 * What a login for a site costs, from its request to its tokens, against the budget: 7 requests to
 * the Worker, 6 to objects, 7 rows with both alarms. Static files are the platform's and not counted;
 * the client's row in D1 is read once a minute. A site that asks for userinfo as well asks the
 * user's object once more, for a grant that was ended must not be told of.
 */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { namesOf } from "../../../src/users/refresh-token.ts";
import { counting, countRows, type Bill } from "../../support/worker/bill.ts";
import { addClient, type TestClient } from "../../support/worker/clients.ts";
import { Browser, newAccount, Phone, phoneOf, type Account } from "../../support/worker/parties.ts";
import { signedInHere } from "../../support/worker/single-sign-on.ts";
import {
  approve,
  authorizeUrl,
  basic,
  onward,
  openPage,
  redeem,
  REDIRECT_URI,
  search,
  toldToSite,
  type Parameters,
  type Tokens,
} from "../../support/worker/site-login.ts";
import { keys } from "../../support/worker/users.ts";

const userObject = ({ sub }: Account) => env.USERS.getByName(namesOf(keys, sub)[0]);

async function parties(client: TestClient, more: Parameters = {}, given?: Account) {
  const { bill, via } = counting();
  const account = given ?? (await newAccount());
  const { token } = await phoneOf(account);
  const phone = new Phone(token, { via });
  const site = new Browser({ via });
  const page = await openPage(authorizeUrl(client, more), new Browser({ via }));
  await countRows(env.LOGIN.getByName(page.uuid), bill);
  await countRows(userObject(account), bill);
  const ask = (fields: Record<string, string>) => askTokens(site, client, fields);
  const login = async () => {
    const answer = await onward(await redeem(await approve(page, phone)));
    const code = answer.searchParams.get("code") ?? "";
    return ask(byCode(code));
  };
  return { bill, site, login, ask };
}

function byCode(code: string): Record<string, string> {
  return { grant_type: "authorization_code", code, redirect_uri: REDIRECT_URI };
}

async function askTokens(
  site: Browser,
  client: TestClient,
  fields: Record<string, string>,
): Promise<Tokens> {
  const init = { method: "POST", headers: basic(client), body: new URLSearchParams(fields) };
  return (await site.fetch("/oauth/token", init)).json();
}

/** From here on the rows of its one login are on the bill. @returns its address */
async function push(site: Browser, client: TestClient, bill: Bill): Promise<string> {
  const fields = { redirect_uri: REDIRECT_URI, response_type: "code", scope: "openid" };
  const init = { method: "POST", headers: basic(client), body: new URLSearchParams(fields) };
  const pushed = await site.fetch("/oauth/par", init);
  const { request_uri } = await pushed.json<{ request_uri: string }>();
  const [, uuid = ""] = /\.([0-9a-f-]{36})\./.exec(request_uri) ?? [];
  await countRows(env.LOGIN.getByName(uuid), bill);
  return `/oauth/authorize?${search({ client_id: client.id, request_uri })}`;
}

/** Of the login object, its alarm among them, and of a user's object that had no grant before. */
const rows = { login: ["alarm", "put", "put", "put", "put"], user: ["put", "alarm"] };

test("from its request to its tokens: 6 requests, 6 of objects, 7 rows with both alarms", async () => {
  const { bill, login } = await parties(await addClient());
  await login();
  expect(bill).toEqual({
    workerRequests: 6,
    objectRequests: ["fetch", "asPhone", "asPhone", "redeem", "exchange", "begin"],
    rows: [...rows.login, ...rows.user],
  });
});

test("with userinfo: one request more, one of an object, and no row", async () => {
  const { bill, site, login } = await parties(await addClient());
  const { access_token } = await login();
  const headers = { Authorization: `Bearer ${access_token}` };
  expect((await site.fetch("/oauth/userinfo", { headers })).status).toBe(200);
  expect(bill.workerRequests).toBe(7);
  expect(bill.objectRequests.slice(6)).toEqual(["stateOf"]);
  expect(bill.rows).toHaveLength(7);
});

test("a second login of the same user: 6 rows, as the user's alarm is set", async () => {
  const client = await addClient();
  const account = await newAccount();
  await (await parties(client, {}, account)).login();
  const { bill, login } = await parties(client, {}, account);
  await login();
  expect(bill.rows).toEqual([...rows.login, "put"]);
});

test("a pushed one: 7 requests; its login begins with its page, one of an object and one row more", async () => {
  const client = await addClient();
  const { bill, via } = counting();
  const account = await newAccount();
  await countRows(userObject(account), bill);
  const { token } = await phoneOf(account);
  const site = new Browser({ via });
  const page = await openPage(await push(site, client, bill), new Browser({ via }));
  const phone = new Phone(token, { via });
  const { code = "" } = await toldToSite(await redeem(await approve(page, phone)));
  await askTokens(site, client, byCode(code));
  expect(bill).toEqual({
    workerRequests: 7,
    objectRequests: ["asBrowser", "fetch", "asPhone", "asPhone", "redeem", "exchange", "begin"],
    rows: ["put", "alarm", "put", "put", "put", "put", ...rows.user],
  });
});

test("by single sign-on, pushed: 3 requests, 3 of objects, 5 rows with both alarms", async () => {
  const client = await addClient();
  const { bill, via } = counting({ SSO_TTL_S: "60" });
  const account = await newAccount();
  await countRows(userObject(account), bill);
  const browser = await signedInHere(await phoneOf(account), via);
  bill.workerRequests = 0;
  bill.objectRequests.length = 0;
  bill.rows.length = 0;
  const site = new Browser({ via });
  const answer = await browser.fetch(await push(site, client, bill));
  const { code = "" } = await toldToSite(answer);
  await askTokens(site, client, byCode(code));
  expect(bill).toEqual({
    workerRequests: 3,
    objectRequests: ["vouch", "exchange", "begin"],
    rows: ["put", "alarm", "put", ...rows.user],
  });
});

test("a refresh costs one request, one of an object, and one row", async () => {
  const scope = "openid offline_access";
  const grants = ["authorization_code", "refresh_token"];
  const { bill, login, ask } = await parties(await addClient({ scope, grants }), { scope });
  const { refresh_token } = await login();
  const before = structuredClone(bill);
  await ask({ grant_type: "refresh_token", refresh_token });
  expect(bill.workerRequests - before.workerRequests).toBe(1);
  expect(bill.objectRequests.slice(before.objectRequests.length)).toEqual(["refresh"]);
  expect(bill.rows.slice(before.rows.length)).toEqual(["put"]);
});

test("a request of a site, a page that is left, and what anybody may fetch cost no object and no row", async () => {
  const { bill, site } = await parties(await addClient());
  for (const path of ["/.well-known/openid-configuration", "/oauth/jwks"]) await site.fetch(path);
  expect(bill).toEqual({ workerRequests: 3, objectRequests: [], rows: [] });
});
