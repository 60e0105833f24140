/** An object that is evicted between any two events: nothing of a login lives in its memory. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { Listener } from "../support/worker/parties.ts";
import { ticketOf } from "../support/worker/refusal-table.ts";
import { expectRefusal, later, stageAt, stored, type Stage } from "../support/worker/stages.ts";

const rowOf = (uuid: string) =>
  runInDurableObject(env.LOGIN.getByName(uuid), (_, { storage }) => storage.kv.get("login"));
const openSockets = (uuid: string) =>
  runInDurableObject(
    env.LOGIN.getByName(uuid),
    (_, state) => state.getWebSockets().filter(({ readyState }) => readyState === 1).length,
  );
const evict = ({ uuid }: Stage) => evictDurableObject(env.LOGIN.getByName(uuid));

test("a login whose object is evicted between every two events, with a live socket, comes through", async () => {
  const stage = await stageAt("pending");
  const { uuid, browser, phone, listener } = stage;
  await evict(stage);
  expect((await phone.scan(uuid)).status).toBe(200);
  expect(await listener.until("scanned")).toMatchObject({ version: 2 });
  const phoneListener = new Listener(await phone.openSocket(uuid));
  await evict(stage);
  expect((await phone.confirm(uuid)).status).toBe(200);
  expect(await listener.until("confirmed")).toMatchObject({ version: 3 });
  await evict(stage);
  expect((await browser.redeem(uuid, await ticketOf(stage))).status).toBe(200);
  for (const { closed } of [listener, phoneListener]) expect((await closed).code).toBe(1000);
  await evict(stage);
  expect(await (await phone.check(uuid)).json()).toMatchObject({ state: "redeemed", version: 4 });
  expect(listener.states).toEqual(["pending", "scanned", "confirmed", "redeemed"]);
  expect(phoneListener.states).toEqual(["scanned", "confirmed", "redeemed"]);
});

test.for(["pending", "scanned", "confirmed"] as const)(
  "a login evicted while %s is stored as before, and its socket hears the end that comes next",
  async (state) => {
    const stage = await stageAt(state);
    const before = await stored(stage.uuid);
    await evict(stage);
    expect(await stored(stage.uuid)).toEqual(before);
    await evict(stage);
    // Any event notices that the time is up.
    await later(200, () => stage.browser.check(stage.uuid));
    expect(await stage.listener.until("expired")).toMatchObject({ reason: "timeout" });
    expect((await stage.listener.closed).code).toBe(1000);
  },
);

test("a browser that comes back after the object was evicted gets the very same ticket", async () => {
  const stage = await stageAt("confirmed");
  const { ticket, time } = await ticketOf(stage);
  await evict(stage);
  const again = await stage.browser.listen(stage.uuid);
  expect(await again.until("confirmed")).toMatchObject({ ticket, time });
  await evict(stage);
  expect(await stage.browser.view(stage.uuid)).toMatchObject({ ticket, time });
  expect((await stage.browser.redeem(stage.uuid, { ticket, time })).status).toBe(200);
});

test("a browser that comes back after an eviction tore all sockets is shown the state at hand", async () => {
  const stage = await stageAt("scanned");
  await evictDurableObject(env.LOGIN.getByName(stage.uuid), { webSockets: "close" });
  await stage.listener.closed;
  const again = await stage.browser.listen(stage.uuid);
  expect(await again.until("scanned")).toMatchObject({ version: 2, user: {} });
  await stage.phone.confirm(stage.uuid);
  expect(await again.until("confirmed")).toMatchObject({ version: 3 });
});

test("a login that nobody scanned and whose sockets are torn without a word asks the phone to wait, and begins again with its browser", async () => {
  const { uuid, browser, phone, listener } = await stageAt("pending");
  await evictDurableObject(env.LOGIN.getByName(uuid), { webSockets: "close" });
  await listener.closed;
  expect(await stored(uuid)).toBeUndefined();
  const early = await phone.scan(uuid);
  expect(early.headers.get("Retry-After")).toBe("2");
  await expectRefusal(early, "unavailable");
  const again = await browser.listen(uuid);
  await again.until("pending");
  expect((await phone.scan(uuid)).status).toBe(200);
  expect(await again.until("scanned")).toMatchObject({ version: 2 });
});

test("a login that nobody scanned gets a row when its page goes away, and a scan then finds it", async () => {
  const { uuid, browser, phone, listener } = await stageAt("pending");
  listener.socket.close(1001, "going away");
  await vi.waitFor(async () => expect(await rowOf(uuid)).toContain('"pending"'));
  await evictDurableObject(env.LOGIN.getByName(uuid));
  expect((await phone.scan(uuid)).status).toBe(200);
  const again = await browser.listen(uuid);
  expect(await again.until("scanned")).toMatchObject({ version: 2 });
});

test("a login that nobody scanned keeps no row while another tab's socket waits for it", async () => {
  const { uuid, browser, listener } = await stageAt("pending");
  const other = await browser.listen(uuid);
  await other.until("pending");
  listener.socket.close(1001, "going away");
  await vi.waitFor(async () => expect(await openSockets(uuid)).toBe(1));
  await other.caughtUp();
  expect(await rowOf(uuid)).toBeUndefined();
  expect(await stored(uuid)).toMatchObject({ state: "pending" });
});

test("the fifth wrong password burns the login though the object was evicted after the fourth", async () => {
  const stage = await stageAt("pending");
  const body = { UUID: stage.uuid, UserName: "nobody", Password: "wrong", Platform: "test" };
  for (let i = 0; i < 5; i++) {
    await stage.browser.post("/qrcode/verify", { ...body, UserName: `nobody-${i}-${stage.uuid}` });
    await evict(stage);
  }
  expect(await stage.listener.until("expired")).toMatchObject({ reason: "too_many_attempts" });
});

test("ping is answered while evicted, and does not wake the object", async () => {
  const stage = await stageAt("pending");
  await evict(stage);
  await stage.listener.caughtUp();
  await stage.listener.caughtUp();
  expect(stage.listener.pongs).toBe(2);
  // Only a running object can be evicted.
  await expect(evict(stage)).rejects.toThrow(/not (currently )?running/i);
});

test("an evicted object's alarm is still set, and to the same time", async () => {
  const stage = await stageAt("pending");
  const alarm = () =>
    runInDurableObject(env.LOGIN.getByName(stage.uuid), (_, { storage }) => storage.getAlarm());
  const before = await alarm();
  await evict(stage);
  expect(before).not.toBeNull();
  expect(await alarm()).toBe(before);
});
