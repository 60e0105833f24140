/** A yes for one audience, tried at every other. */
import { expect, test } from "vitest";
import { addClient } from "../../support/worker/clients.ts";
import { newPhone } from "../../support/worker/parties.ts";
import { expectRefusal, stageAt } from "../../support/worker/stages.ts";
import {
  approve,
  authorizeUrl,
  exchange,
  onward,
  openPage,
  redeem,
} from "../../support/worker/site-login.ts";

test("31 mixed-up audience: a site's ticket gives no session here", async () => {
  const { browser, uuid, ticket, time } = await approve(
    await openPage(authorizeUrl(await addClient())),
  );
  await expectRefusal(await browser.redeem(uuid, { ticket, time }), "bad_ticket");
  expect(browser.cookies.has("__Host-session")).toBe(false);
});

test("31 mixed-up audience: our own ticket gives no site a code", async () => {
  const { uuid, browser, listener } = await stageAt("confirmed");
  const { ticket, time } = await listener.until("confirmed");
  const { request } = await openPage(authorizeUrl(await addClient()), browser);
  const response = await browser.post("/oauth/redeem", { uuid, request, ticket, time });
  await expectRefusal(response, "not_your_browser");
});

test("31 mixed-up audience: a request that was altered on the way is refused, and the right one still good", async () => {
  const client = await addClient();
  const other = await addClient({ name: "Other" });
  const approved = await approve(await openPage(authorizeUrl(client)));
  const { request } = approved;
  for (const wrong of [
    request.replace(client.id, other.id),
    request.replace("state-1", "state-2"),
    request.replace("scope=openid", "scope=openid+profile"),
    request.replace("acme.example", "evil.example"),
    `${request}&nonce=x`,
    "x",
  ]) {
    const response = await redeem({ ...approved, request: wrong });
    await expectRefusal(response, "not_your_browser");
  }
  expect((await redeem(approved)).status).toBe(200);
});

test("31 mixed-up audience: two sites in two tabs of one browser each get their own", async () => {
  const [one, two] = [await addClient(), await addClient({ name: "Two" })];
  const phone = await newPhone();
  const first = await openPage(authorizeUrl(one));
  const second = await openPage(authorizeUrl(two), first.browser);
  const a = await approve(first, phone);
  const b = await approve(second, phone);
  await expectRefusal(await redeem({ ...a, request: b.request }), "not_your_browser");
  const code = (await onward(await redeem(a))).searchParams.get("code") ?? "";
  expect((await exchange(two, code)).status).toBe(400);
  expect((await exchange(one, code)).status).toBe(200);
  expect((await redeem(b)).status).toBe(200);
});

test("31 mixed-up audience: somebody else's browser redeems nothing", async () => {
  const approved = await approve(await openPage(authorizeUrl(await addClient())));
  const stranger = await openPage(authorizeUrl(await addClient()));
  const response = await redeem({ ...approved, browser: stranger.browser });
  await expectRefusal(response, "not_your_browser");
});
