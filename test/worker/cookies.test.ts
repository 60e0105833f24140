/** Our cookies: names, attributes, and when they go. */
import { expect, test } from "vitest";
import { Browser, newAccount } from "../support/worker/parties.ts";
import { ticketOf } from "../support/worker/refusal-table.ts";
import { stageAt } from "../support/worker/stages.ts";

/** `name=value; Attribute; …` as its name and its sorted attributes. */
function parsed(cookie: string) {
  const [pair = "", ...attributes] = cookie.split("; ");
  const at = pair.indexOf("=");
  return { name: pair.slice(0, at), value: pair.slice(at + 1), attributes: attributes.sort() };
}

const attributes = (maxAgeS: number) =>
  ["HttpOnly", `Max-Age=${maxAgeS}`, "Path=/", "SameSite=Lax", "Secure"].sort();

test("the browser key's cookie is __Host-, HttpOnly, and lives as long as a login can", async () => {
  const response = await new Browser().fetch("/qrcode/get");
  const { uuid } = await response.json<{ uuid: string }>();
  const cookies = response.headers.getSetCookie().map(parsed);
  expect(cookies).toEqual([
    { name: `__Host-login-${uuid}`, value: cookies[0]?.value, attributes: attributes(270) },
  ]);
});

test("each uuid has a key of its own, so that tabs wait side by side", async () => {
  const browser = new Browser();
  const [first, second] = [await browser.mint(), await browser.mint()];
  expect(browser.cookies.size).toBe(2);
  for (const { uuid } of [first, second]) {
    expect(await browser.view(uuid)).toMatchObject({ state: "pending" });
  }
});

test("20 a session's end: redeeming sets the session for a week and clears this login's key, not the other tab's", async () => {
  const stage = await stageAt("confirmed");
  const { uuid, browser } = stage;
  const { uuid: otherTab } = await browser.mint();
  const response = await browser.redeem(uuid, await ticketOf(stage));
  const cookies = response.headers.getSetCookie().map(parsed);
  expect(cookies).toEqual([
    { name: "__Host-session", value: cookies[0]?.value, attributes: attributes(7 * 86_400) },
    { name: `__Host-login-${uuid}`, value: "", attributes: attributes(0) },
  ]);
  expect([...browser.cookies.keys()].sort()).toEqual([
    `__Host-login-${otherTab}`,
    "__Host-session",
  ]);
});

test("20 a session's end: signing out clears the session's cookie; as a form it goes home", async () => {
  const { browser } = await stageAt("redeemed");
  const response = await browser.submit("/logout", {});
  expect([response.status, response.headers.get("Location")]).toEqual([303, "/"]);
  expect(response.headers.getSetCookie().map(parsed)).toEqual([
    { name: "__Host-session", value: "", attributes: attributes(0) },
  ]);
});

test("a browser carries at most 16 keys: the oldest go, the newest sixteen still work", async () => {
  const browser = new Browser();
  const uuids = [];
  for (let i = 0; i < 20; i++) uuids.push((await browser.mint()).uuid);
  const kept = [...browser.cookies.keys()].map((name) => name.replace("__Host-login-", ""));
  expect(kept).toHaveLength(16);
  // Those of one second are in no order among themselves; the one just minted is never cleared.
  const newest = uuids.at(-1) ?? "";
  expect(kept).toContain(newest);
  const oldestKept = Math.min(...kept.map(mintedAtS));
  const gone = uuids.filter((uuid) => !kept.includes(uuid));
  expect(Math.max(...gone.map(mintedAtS))).toBeLessThanOrEqual(oldestKept);
  expect(await browser.view(newest)).toMatchObject({ state: "pending" });
});

test("other people's cookies are left alone by the clearing", async () => {
  const browser = new Browser();
  for (let i = 0; i < 20; i++) browser.cookies.set(`other-login-${i}`, "1");
  await browser.mint();
  expect(browser.cookies.size).toBe(21);
});

test("the phone page's cookie is the account's, for a month", async () => {
  const { uuid } = await stageAt("pending");
  const { username, password } = await newAccount();
  const response = await new Browser().submit("/account/token", { uuid, username, password });
  const cookies = response.headers.getSetCookie().map(parsed);
  expect(cookies).toEqual([
    { name: "__Host-account", value: cookies[0]?.value, attributes: attributes(30 * 86_400) },
  ]);
});

test("another account is chosen by clearing the cookie, and the code is asked again", async () => {
  const { uuid } = await stageAt("pending");
  const page = new Browser();
  page.cookies.set("__Host-account", "whatever");
  const response = await page.submit("/account/forget", { uuid });
  expect([response.status, response.headers.get("Location")]).toEqual([
    303,
    `/qrcode/scan?uuid=${uuid}`,
  ]);
  expect(page.cookies.size).toBe(0);
});

test("cookies over plain http, for local work, have no prefix and are not Secure", async () => {
  const browser = new Browser({ origin: "http://localhost:8787" });
  const response = await browser.fetch("/qrcode/get");
  const { uuid, qrcode } = await response.json<{ uuid: string; qrcode: string }>();
  const [cookie = ""] = response.headers.getSetCookie();
  expect(parsed(cookie)).toMatchObject({
    name: `login-${uuid}`,
    attributes: attributes(270).filter((it) => it !== "Secure"),
  });
  expect(qrcode).toBe(`http://localhost:8787/qrcode/scan?uuid=${uuid}`);
  expect(await browser.view(uuid)).toMatchObject({ state: "pending" });
});

test("over https a cookie without the prefix counts for nothing: a subdomain could have set it", async () => {
  const { uuid, browser } = await stageAt("redeemed");
  const session = browser.cookies.get("__Host-session") ?? "";
  const planted = new Browser();
  planted.cookies.set("session", session);
  expect((await planted.fetch("/me")).status).toBe(401);
  const { uuid: fresh } = await planted.mint();
  planted.cookies.set(`login-${fresh}`, planted.cookies.get(`__Host-login-${fresh}`) ?? "");
  planted.cookies.delete(`__Host-login-${fresh}`);
  expect((await planted.check(fresh)).status).toBe(403);
  expect(uuid).not.toBe(fresh);
});

/** The first eight digits: seconds since the epoch. */
function mintedAtS(uuid: string): number {
  return Number.parseInt(uuid.slice(0, 8), 16);
}

const fromOurPage = { headers: { "Sec-Fetch-Site": "same-origin" } };

test.for(["cross-site", "same-site", "none", "", "same-origin, same-origin", undefined])(
  "29 a key thrown away from elsewhere: a code asked for with Sec-Fetch-Site %j clears no key",
  async (site) => {
    const browser = new Browser();
    const { uuid } = await browser.mint();
    const headers = site === undefined ? {} : { "Sec-Fetch-Site": site };
    const answer = await browser.fetch(`/qrcode/get?instead_of=${uuid}`, { headers });
    expect(answer.status).toBe(200);
    expect((await browser.check(uuid)).status).toBe(200);
  },
);

test("a fresh code takes the place of an ended one, whose key is cleared; other tabs keep theirs", async () => {
  const browser = new Browser();
  const { uuid: ended } = await browser.mint();
  const { uuid: other } = await browser.mint();
  await browser.fetch(`/qrcode/get?svg=1&instead_of=${ended}`, fromOurPage);
  expect([...browser.cookies.keys()]).not.toContain(`__Host-login-${ended}`);
  expect([...browser.cookies.keys()]).toContain(`__Host-login-${other}`);
  const odd = await browser.fetch(
    `/qrcode/get?instead_of=${encodeURIComponent("a=b; c")}`,
    fromOurPage,
  );
  expect(odd.status).toBe(200);
  expect(odd.headers.getSetCookie()).toHaveLength(1);
});
