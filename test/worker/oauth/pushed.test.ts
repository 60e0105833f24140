/**
 * A `request_uri` is one-time (RFC 9126, sections 2.2 and 4): it belongs to the browser that opens
 * it first, which may load its page again, and ends with its login.
 */
import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { counting, countRows } from "../../support/worker/bill.ts";
import { addClient, type TestClient } from "../../support/worker/clients.ts";
import { Browser, newPhone } from "../../support/worker/parties.ts";
import {
  approve,
  basic,
  callFromSite,
  exchange,
  openPage,
  redeem,
  REDIRECT_URI,
  search,
  toldToSite,
  type SitePage,
} from "../../support/worker/site-login.ts";
import { expectRefusal, later, stored, withBindings } from "../../support/worker/stages.ts";

let client: TestClient;
beforeAll(async () => {
  client = await addClient();
});

async function push(): Promise<string> {
  const fields = { redirect_uri: REDIRECT_URI, response_type: "code", scope: "openid", state: "s" };
  const response = await callFromSite("/oauth/par", fields, basic(client));
  expect(response.status).toBe(201);
  const { request_uri } = await response.json<{ request_uri: string }>();
  return `/oauth/authorize?${search({ client_id: client.id, request_uri })}`;
}

/** The site is told, at its registered address and with its own state. */
async function expectUsedUp(response: Response): Promise<void> {
  expect(response.headers.getSetCookie()).toEqual([]);
  const told = await toldToSite(response);
  expect(told).toMatchObject({ error: "invalid_request_uri", state: "s" });
}

const open = (path: string, browser = new Browser()) => browser.fetch(path);

async function codeBy(page: SitePage): Promise<string> {
  const { code = "" } = await toldToSite(await redeem(await approve(page)));
  return code;
}

test("par-attempt-reuse-request_uri: another browser is refused, before and after the login", async () => {
  const path = await push();
  const page = await openPage(path);
  await expectUsedUp(await open(path));
  const code = await codeBy(page);
  await expectUsedUp(await open(path));
  expect((await exchange(client, code)).status).toBe(200);
});

test("one that was refused has no key, so it gets no fresh code instead either", async () => {
  const path = await push();
  const { uuid } = await openPage(path);
  const late = new Browser();
  await expectUsedUp(await open(path, late));
  const fresh = await late.fetch(`/qrcode/get?for_site=1&instead_of=${uuid}`);
  await expectRefusal(fresh, "not_your_browser");
});

test("par-ensure-reused-request-uri-prior-to-auth-completion-succeeds: its own browser may reload", async () => {
  const path = await push();
  const page = await openPage(path);
  const listener = await page.browser.listen(page.uuid);
  await listener.until("pending");
  const again = await openPage(path, page.browser);
  expect([again.uuid, again.request]).toEqual([page.uuid, page.request]);
  const phone = await newPhone();
  await phone.scan(page.uuid);
  expect((await openPage(path, page.browser)).uuid).toBe(page.uuid);
  await phone.confirm(page.uuid);
  const { ticket = "", time = 0 } = await listener.until("confirmed");
  expect((await redeem({ ...again, listener, ticket, time })).status).toBe(200);
});

test("once its login is over, it is over for its own browser too", async () => {
  const path = await push();
  const page = await openPage(path);
  await codeBy(page);
  await expectUsedUp(await open(path, page.browser));
  const denied = await push();
  const { browser, uuid } = await openPage(denied);
  const phone = await newPhone();
  await phone.scan(uuid);
  await phone.cancel(uuid);
  await expectUsedUp(await open(denied, browser));
});

test("of 20 browsers that open it at once, one has the page", async () => {
  const path = await push();
  const responses = await Promise.all(Array.from({ length: 20 }, () => open(path)));
  const pages = responses.filter(({ status }) => status === 200);
  expect(pages).toHaveLength(1);
  for (const response of responses) if (response.status !== 200) await expectUsedUp(response);
});

test("an expired page of it goes on with a fresh code, and the site does not notice", async () => {
  const path = await push();
  const page = await openPage(path);
  await later(125, () => page.browser.check(page.uuid));
  const fresh = await page.browser.fetch(`/qrcode/get?for_site=1&instead_of=${page.uuid}`);
  const { uuid } = await fresh.json<{ uuid: string }>();
  expect(await codeBy({ ...page, uuid })).not.toBe("");
});

test("the page says how long its code is good, from when it was pushed", async () => {
  const path = await push();
  const { html } = await later(60, () => openPage(path));
  const left = Number(/data-expires-in="(\d+)"/.exec(html)?.[1]);
  expect(left).toBeGreaterThan(50);
  expect(left).toBeLessThanOrEqual(61);
});

test("an object that is away is a page to load again, and nothing is used up", async () => {
  const path = await push();
  const away = { getByName: () => ({ asBrowser: () => Promise.reject(new Error("on purpose")) }) };
  const response = await open(path, new Browser({ via: withBindings({ LOGIN: away }) }));
  expect([response.status, response.headers.get("Location")]).toEqual([503, null]);
  await openPage(path);
});

test("pushing wakes no object; opening costs one request of an object, a row and an alarm", async () => {
  const path = await push();
  const { bill, via } = counting();
  const uuid = /\.([0-9a-f-]{36})\./.exec(path)?.[1] ?? "";
  await countRows(env.LOGIN.getByName(uuid), bill);
  expect(await stored(uuid)).toBeUndefined();
  await openPage(path, new Browser({ via }));
  expect(bill.objectRequests).toEqual(["asBrowser"]);
  expect(bill.rows.sort()).toEqual(["alarm", "put"]);
});
