/** The one alarm of a login: at its time, early, late, twice, and in the middle of other events. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { states } from "../support/states.ts";
import { Browser, Listener } from "../support/worker/parties.ts";
import { ticketOf } from "../support/worker/refusal-table.ts";
import { at, expectRefusal, later, stageAt, stored, type Stage } from "../support/worker/stages.ts";

const objectOf = ({ uuid }: Stage) => env.LOGIN.getByName(uuid);
const ring = (stage: Stage) => runDurableObjectAlarm(objectOf(stage));
const alarmOf = (stage: Stage) =>
  runInDurableObject(objectOf(stage), (_, { storage }) => storage.getAlarm());

/** The first eight digits of a uuid, as milliseconds since the epoch. */
const mintedAt = ({ uuid }: Stage) => Number.parseInt(uuid.slice(0, 8), 16) * 1000;

/** Nothing is left: no row, no table, no alarm, no socket. */
async function expectNothingLeft(stage: Stage): Promise<void> {
  await runInDurableObject(objectOf(stage), async (_, state) => {
    expect([...state.storage.kv.list()]).toEqual([]);
    expect(state.storage.sql.exec("SELECT name FROM sqlite_master").toArray()).toEqual([]);
    expect(await state.storage.getAlarm()).toBeNull();
    expect(state.getWebSockets().filter(({ readyState }) => readyState === WebSocket.OPEN)).toEqual(
      [],
    );
  });
}

test("attaching sets the alarm to the end of the time to scan, 120 s after the mint", async () => {
  const stage = await stageAt("pending");
  expect(await alarmOf(stage)).toBe(mintedAt(stage) + 120_000);
});

test("an alarm on time tells a waiting browser, closes its socket, and leaves nothing", async () => {
  const stage = await stageAt("pending");
  const time = (await alarmOf(stage)) ?? 0;
  expect(await at(time, () => ring(stage))).toBe(true);
  expect((await stage.listener.closed).code).toBe(1000);
  expect(stage.listener.heard.at(-1)).toEqual({
    version: 2,
    state: "expired",
    expires_in: 0,
    reason: "timeout",
  });
  await expectNothingLeft(stage);
});

test.for(states.filter((state) => state !== "expired"))(
  "an early alarm while %s changes nothing, tells nobody, and is set to the same time again",
  async (state) => {
    const stage = await stageAt(state);
    const before = await stored(stage.uuid);
    const { length } = stage.listener.heard;
    expect(await ring(stage)).toBe(true);
    expect(await stored(stage.uuid)).toEqual(before);
    expect(await alarmOf(stage)).toBe(mintedAt(stage) + 120_000);
    if (state !== "redeemed" && state !== "cancelled") await stage.listener.caughtUp();
    expect(stage.listener.heard.length).toBe(length);
  },
);

test("a slow login is told of its end by the alarm alone, at the deadline of each of its states", async () => {
  const stage = await stageAt("pending");
  const minted = mintedAt(stage);
  const { uuid, phone, listener } = stage;
  await at(minted + 110_000, () => phone.scan(uuid));
  await at(minted + 120_000, () => ring(stage));
  expect(await alarmOf(stage)).toBe(minted + 170_000);
  await at(minted + 160_000, () => phone.confirm(uuid));
  await at(minted + 170_000, () => ring(stage));
  expect(await alarmOf(stage)).toBe(minted + 190_000);
  await listener.caughtUp();
  expect(listener.states).toEqual(["pending", "scanned", "confirmed"]);
  await at(minted + 190_000, () => ring(stage));
  expect((await listener.closed).code).toBe(1000);
  expect(listener.states).toEqual(["pending", "scanned", "confirmed", "expired"]);
  await expectNothingLeft(stage);
});

test("a phone that merely listens hears from the alarm that the login expired", async () => {
  const stage = await stageAt("scanned");
  const listener = new Listener(await stage.phone.openSocket(stage.uuid));
  await listener.until("scanned");
  const time = (await alarmOf(stage)) ?? 0;
  await at(time, () => ring(stage));
  expect(await listener.until("expired")).toMatchObject({ reason: "timeout", expires_in: 0 });
  expect((await listener.closed).code).toBe(1000);
  await expectNothingLeft(stage);
});

test("an alarm that is late by an hour ends the login all the same", async () => {
  const stage = await stageAt("confirmed");
  expect(await later(3600, () => ring(stage))).toBe(true);
  expect(await stage.listener.until("expired")).toMatchObject({ reason: "timeout" });
  await expectNothingLeft(stage);
});

test("a confirm at the deadline is refused to the millisecond, though the alarm has not rung yet", async () => {
  const stage = await stageAt("scanned");
  const { deadline = 0 } = (await stored(stage.uuid)) ?? {};
  const soon = await at(deadline - 1, () => stage.phone.check(stage.uuid));
  expect(await soon.json()).toMatchObject({ state: "scanned", expires_in: 1 });
  const confirm = await at(deadline, () => stage.phone.confirm(stage.uuid));
  await expectRefusal(confirm, "expired");
  expect((await stage.listener.closed).code).toBe(1000);
});

test("an alarm delivered twice tells and wipes once", async () => {
  const stage = await stageAt("scanned");
  const ringTwice = () =>
    runInDurableObject(objectOf(stage), async (login) => {
      await login.alarm();
      await login.alarm();
    });
  await later(3600, ringTwice);
  await stage.listener.closed;
  expect(stage.listener.states.filter((state) => state === "expired")).toHaveLength(1);
  await expectNothingLeft(stage);
});

test("an ended login is kept until its uuid is too old to attach, so it cannot begin a second time", async () => {
  const stage = await stageAt("cancelled");
  const time = (await alarmOf(stage)) ?? 0;
  const { uuid, browser } = stage;
  const attach = () => browser.check(uuid);
  expect(await (await at(time - 1, attach)).json()).toMatchObject({ state: "cancelled" });
  await at(time, () => ring(stage));
  await expectNothingLeft(stage);
  await expectRefusal(await at(time, attach), "expired");
  await expectRefusal(await at(time, () => stage.phone.scan(uuid)), "expired");
  await expectNothingLeft(stage);
});

test("a tombstone answers a second redemption until it is wiped, and 410 after that", async () => {
  const stage = await stageAt("confirmed");
  const { uuid, browser } = stage;
  const ticket = await ticketOf(stage);
  const twin = new Browser();
  for (const [name, value] of browser.cookies) twin.cookies.set(name, value);
  expect((await browser.redeem(uuid, ticket)).status).toBe(200);
  await expectRefusal(await later(100, () => twin.redeem(uuid, ticket)), "already_used");
  await later(271, () => ring(stage));
  await expectNothingLeft(stage);
  await expectRefusal(await later(272, () => twin.redeem(uuid, ticket)), "expired");
});

test("an early alarm in the middle of a scan, a confirm and checks disturbs nothing", async () => {
  const stage = await stageAt("pending");
  const { uuid, browser, phone } = stage;
  await Promise.all([ring(stage), phone.scan(uuid), browser.check(uuid), ring(stage)]);
  await Promise.all([phone.confirm(uuid), ring(stage), browser.check(uuid), ring(stage)]);
  expect(await stored(uuid)).toMatchObject({ state: "confirmed", version: 3 });
  const ticket = await ticketOf(stage);
  const [, redeemed] = await Promise.all([ring(stage), browser.redeem(uuid, ticket), ring(stage)]);
  expect(redeemed.status).toBe(200);
  expect(stage.listener.states).toEqual(["pending", "scanned", "confirmed", "redeemed"]);
});

test("an alarm and a confirm at the same deadline agree on which came first", async () => {
  const stage = await stageAt("scanned");
  const { deadline = 0 } = (await stored(stage.uuid)) ?? {};
  const [, confirm] = await at(deadline, () =>
    Promise.all([ring(stage), stage.phone.confirm(stage.uuid)]),
  );
  await expectRefusal(confirm, "expired");
  await stage.listener.closed;
  expect(stage.listener.states).toEqual(["pending", "scanned", "expired"]);
});

test("an alarm on an object that nobody attached to stores nothing", async () => {
  const { uuid } = await new Browser().mint();
  const stub = env.LOGIN.getByName(uuid);
  await runInDurableObject(stub, (login) => login.alarm());
  expect(await stored(uuid)).toBeUndefined();
});
