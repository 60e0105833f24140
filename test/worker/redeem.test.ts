/** Where a login ends: as JSON or as a form, and only on this origin. */
import { expect, test } from "vitest";
import { ticketOf } from "../support/worker/refusal-table.ts";
import { expectRefusal, later, stageAt } from "../support/worker/stages.ts";

async function confirmed() {
  const stage = await stageAt("confirmed");
  const { ticket, time } = await ticketOf(stage);
  return { ...stage, fields: { uuid: stage.uuid, ticket, time: String(time) }, ticket, time };
}

test("a form is answered with 303 to return_to and the session, as scripts may be off", async () => {
  const { browser, fields } = await confirmed();
  const response = await browser.submit("/login/qrcode", {
    ...fields,
    return_to: "/notes?page=2#x",
  });
  expect([response.status, response.headers.get("Location")]).toEqual([303, "/notes?page=2#x"]);
  expect(browser.cookies.has("__Host-session")).toBe(true);
});

test("a form without return_to ends on the home page; one with letters for a time is refused", async () => {
  const { browser, fields } = await confirmed();
  const bad = await browser.submit("/login/qrcode", { ...fields, time: "soon" });
  await expectRefusal(bad, "bad_request");
  const response = await browser.submit("/login/qrcode", fields);
  expect([response.status, response.headers.get("Location")]).toEqual([303, "/"]);
});

const elsewhere = [
  "https://evil.example/",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/%2fevil.example",
  "/%5cevil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "javascript:alert(1)",
  "evil.example",
  "/..//evil.example",
  "/.//evil.example",
  "/a/..//evil.example",
  "/%2e%2e//evil.example",
  "/.\\/evil.example",
  "",
  `/${"a".repeat(2048)}`,
];

test("14 open redirect: return_to leads nowhere but to this origin, in JSON as in a form", async () => {
  const { browser, ticket, time, uuid } = await confirmed();
  // After the first the ticket is used: the page's own redirect sanitises just the same.
  const first = await browser.post("/login/qrcode", {
    uuid,
    ticket,
    time,
    return_to: elsewhere[0],
  });
  expect(await first.json()).toEqual({ return_to: "/" });
  for (const given of elsewhere) {
    const home = await browser.fetch(`/?return_to=${encodeURIComponent(given)}`);
    expect([home.status, home.headers.get("Location")], given).toEqual([200, null]);
  }
});

test("return_to keeps a path of this origin as it is, with its query", async () => {
  const { browser, ticket, time, uuid } = await confirmed();
  const return_to = "/a%20b/c?d=e&f=%2F%2Fg#h";
  const response = await browser.post("/login/qrcode", { uuid, ticket, time, return_to });
  expect(await response.json()).toEqual({ return_to });
});

test("an answer that was lost can be asked for again by the same attempt, and by no other", async () => {
  const stage = await stageAt("confirmed");
  const { uuid, browser } = stage;
  const body = { uuid, ...(await ticketOf(stage)) };
  const key = browser.cookies.get(`__Host-login-${uuid}`) ?? "";
  const first = await browser.post("/login/qrcode", { ...body, attempt: "first" });
  expect(first.status).toBe(200);
  // The answer, and with it the session's cookie and the clearing of the key's, never arrived.
  browser.cookies.set(`__Host-login-${uuid}`, key);
  const retry = () => browser.post("/login/qrcode", { ...body, attempt: "first" });
  const again = await retry();
  expect(again.status).toBe(200);
  expect(again.headers.getSetCookie().join()).toContain("__Host-session=");
  browser.cookies.set(`__Host-login-${uuid}`, key);
  await expectRefusal(
    await browser.post("/login/qrcode", { ...body, attempt: "second" }),
    "already_used",
  );
  await expectRefusal(await browser.post("/login/qrcode", body), "already_used");
  await later(31, async () => expectRefusal(await retry(), "already_used"));
});
