/** The same or opposite events at once: one object, one writer, one outcome. */
import { expect, onTestFinished, test, vi } from "vitest";
import { Browser } from "../support/worker/parties.ts";
import { ticketOf } from "../support/worker/refusal-table.ts";
import { stageAt, stored } from "../support/worker/stages.ts";

const statuses = (responses: Response[]) => ascending(responses.map(({ status }) => status));
const ascending = (numbers: number[]) => numbers.toSorted((a, b) => a - b);

test("two attaches at once begin one login, and both sockets hear it", async () => {
  const browser = new Browser();
  const { uuid } = await browser.mint();
  const tabs = await Promise.all([browser.listen(uuid), browser.listen(uuid)]);
  for (const tab of tabs) expect(await tab.until("pending")).toMatchObject({ version: 1 });
  expect(await stored(uuid)).toMatchObject({ version: 1, state: "pending" });
});

test("two scans at once by one user claim once, with the same answer", async () => {
  const { uuid, phone, listener } = await stageAt("pending");
  // An answer tells seconds: between the two the clock stands still.
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const scans = await Promise.all([phone.scan(uuid), phone.scan(uuid)]);
  const [first, second] = await Promise.all(scans.map((response) => response.json()));
  expect(first).toEqual(second);
  await listener.caughtUp();
  expect(listener.states).toEqual(["pending", "scanned"]);
});

test("two confirms at once issue one ticket", async () => {
  const { uuid, phone, listener } = await stageAt("scanned");
  const confirms = await Promise.all([phone.confirm(uuid), phone.confirm(uuid)]);
  expect(statuses(confirms)).toEqual([200, 200]);
  await listener.caughtUp();
  expect(listener.states).toEqual(["pending", "scanned", "confirmed"]);
});

test("confirm and cancel at once: both are heard in order, and cancelled is the end", async () => {
  const { uuid, phone, listener } = await stageAt("scanned");
  await Promise.all([phone.confirm(uuid), phone.cancel(uuid)]);
  await listener.closed;
  expect(await stored(uuid)).toMatchObject({ state: "cancelled", reason: "denied" });
  const versions = listener.heard.map(({ version }) => version);
  expect(versions).toEqual(ascending(versions));
});

test("cancel and redeem at once: either the session or the no, never both", async () => {
  const stage = await stageAt("confirmed");
  const { uuid, browser, phone } = stage;
  const ticket = await ticketOf(stage);
  const [redeemed, cancelled] = await Promise.all([
    browser.redeem(uuid, ticket),
    phone.cancel(uuid),
  ]);
  const { state } = (await stored(uuid)) ?? {};
  if (state === "redeemed") expect([redeemed.status, cancelled.status]).toEqual([200, 409]);
  else expect([state, redeemed.status, cancelled.status]).toEqual(["cancelled", 410, 200]);
  expect(browser.cookies.has("__Host-session")).toBe(state === "redeemed");
});

test("redeeming over two sessions of one browser at once signs in once", async () => {
  const stage = await stageAt("confirmed");
  const ticket = await ticketOf(stage);
  const responses = await Promise.all([
    stage.browser.redeem(stage.uuid, ticket),
    stage.browser.redeem(stage.uuid, ticket),
  ]);
  expect(statuses(responses)).toEqual([200, 409]);
});

test("twenty logins at once keep to themselves: every scan reaches its browser", async () => {
  const stages = await Promise.all(Array.from({ length: 20 }, () => stageAt("pending")));
  await Promise.all(stages.map(({ phone, uuid }) => phone.scan(uuid)));
  await Promise.all(stages.map(({ phone, uuid }) => phone.confirm(uuid)));
  const responses = await Promise.all(
    stages.map(async (stage) => stage.browser.redeem(stage.uuid, await ticketOf(stage))),
  );
  expect(new Set(statuses(responses))).toEqual(new Set([200]));
  for (const { phone, browser, listener, uuid } of stages) {
    await listener.closed;
    expect(listener.states).toEqual(["pending", "scanned", "confirmed", "redeemed"]);
    const { user } = (await stored(uuid)) ?? {};
    const me = await (await browser.fetch("/me")).json<{ user: { sub: string } }>();
    expect(me.user.sub).toBe(user?.sub);
    expect((await phone.check(uuid)).status).toBe(200);
  }
});
