/** What a login for a site costs, against the budget: 7 requests, 6 of objects, 7 rows. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { namesOf } from "../../../src/users/refresh-token.ts";
import { counting, countRows } from "../../support/worker/bill.ts";
import { addClient, type TestClient } from "../../support/worker/clients.ts";
import { Browser, newAccount, Phone, phoneOf } from "../../support/worker/parties.ts";
import {
  approve,
  authorizeUrl,
  basic,
  onward,
  openPage,
  redeem,
  REDIRECT_URI,
  type Parameters,
  type Tokens,
} from "../../support/worker/site-login.ts";
import { keys } from "../../support/worker/users.ts";

async function parties(client: TestClient, more: Parameters = {}) {
  const { bill, via } = counting();
  const account = await newAccount();
  const { token } = await phoneOf(account);
  const phone = new Phone(token, { via });
  const site = new Browser({ via });
  const page = await openPage(authorizeUrl(client, more), new Browser({ via }));
  await countRows(env.LOGIN.getByName(page.uuid), bill);
  await countRows(env.USERS.getByName(namesOf(keys, account.sub)[0]), bill);
  const ask = async (fields: Record<string, string>): Promise<Tokens> => {
    const init = { method: "POST", headers: basic(client), body: new URLSearchParams(fields) };
    return (await site.fetch("/oauth/token", init)).json();
  };
  const login = async () => {
    const answer = await onward(await redeem(await approve(page, phone)));
    const code = answer.searchParams.get("code") ?? "";
    return ask({ grant_type: "authorization_code", code, redirect_uri: REDIRECT_URI });
  };
  return { bill, site, login, ask };
}

test("from its request to its tokens: 6 requests, 6 of objects, 7 rows with both alarms", async () => {
  const { bill, site, login } = await parties(await addClient());
  const { access_token } = await login();
  expect(bill).toEqual({
    workerRequests: 6,
    objectRequests: ["fetch", "asPhone", "asPhone", "redeem", "exchange", "begin"],
    rows: ["alarm", "put", "put", "put", "put", "put", "alarm"],
  });
  const headers = { Authorization: `Bearer ${access_token}` };
  expect((await site.fetch("/oauth/userinfo", { headers })).status).toBe(200);
  expect(bill.workerRequests).toBe(7);
  expect(bill.objectRequests.slice(6)).toEqual(["stateOf"]);
  expect(bill.rows).toHaveLength(7);
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
