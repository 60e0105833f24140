/** The sockets of a login: what they hear on opening, what may be said, and how many there are. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { states } from "../support/states.ts";
import { Listener } from "../support/worker/parties.ts";
import { ticketOf } from "../support/worker/refusal-table.ts";
import { later, stageAt, stored, type Stage } from "../support/worker/stages.ts";

test.for(states)("the first message on a new socket is the view, while %s", async (state) => {
  const { uuid, browser } = await stageAt(state === "redeemed" ? "confirmed" : state);
  if (state === "redeemed") {
    const key = browser.cookies.get(`__Host-login-${uuid}`) ?? "";
    await browser.redeem(uuid, await browser.view(uuid));
    browser.cookies.set(`__Host-login-${uuid}`, key);
  }
  const { poll_after: _, ...view } = { poll_after: 0, ...(await browser.view(uuid)) };
  const again = await browser.listen(uuid);
  expect(await again.until(state)).toEqual(view);
  expect(again.heard).toHaveLength(1);
});

test("a socket opened on an ended login is told, and closed with 1000 at once", async () => {
  const { uuid, browser } = await stageAt("cancelled");
  const again = await browser.listen(uuid);
  expect((await again.closed).code).toBe(1000);
  expect(again.states).toEqual(["cancelled"]);
});

test("attaching again leaves the login as it is, and every tab hears what comes", async () => {
  const { uuid, browser, phone, listener } = await stageAt("pending");
  const before = await stored(uuid);
  const second = await browser.listen(uuid);
  const third = await browser.listen(uuid);
  expect(await stored(uuid)).toEqual(before);
  await phone.scan(uuid);
  await phone.confirm(uuid);
  for (const tab of [listener, second, third]) {
    await tab.until("confirmed");
    expect(tab.states).toEqual(["pending", "scanned", "confirmed"]);
  }
});

test("ping is answered with pong, on both sides", async () => {
  const { uuid, phone, listener } = await stageAt("scanned");
  await listener.caughtUp();
  const phoneListener = new Listener(await phone.openSocket(uuid));
  await phoneListener.caughtUp();
  expect([listener.pongs, phoneListener.pongs]).toEqual([1, 1]);
});

const sayings: Record<string, string | ArrayBuffer> = {
  pings: "pings",
  "an empty message": "",
  "a JSON command": '{"state":"confirmed"}',
  bytes: new Uint8Array([0x70, 0x69, 0x6e, 0x67]).buffer,
  "a megabyte": "x".repeat(1_000_000),
};

test.for(Object.entries(sayings))("%s on a socket closes it with 1008", async ([, saying]) => {
  const { uuid, browser, listener } = await stageAt("pending");
  const other = await browser.listen(uuid);
  listener.socket.send(saying);
  expect((await listener.closed).code).toBe(1008);
  await other.caughtUp();
  expect(await stored(uuid)).toMatchObject({ version: 1, state: "pending" });
});

test("a socket that is closed by its browser is gone, and the login waits on", async () => {
  const { uuid, browser, phone, listener } = await stageAt("pending");
  listener.socket.close(1000, "bye");
  await vi.waitFor(async () => expect(await openSockets(uuid)).toBe(0));
  expect((await phone.scan(uuid)).status).toBe(200);
  const again = await browser.listen(uuid);
  await again.until("scanned");
  expect(await openSockets(uuid)).toBe(1);
});

test("a socket that died without a close keeps no other from hearing", async () => {
  const stage = await stageAt("pending");
  await breakSockets(stage);
  const second = await stage.browser.listen(stage.uuid);
  await stage.phone.scan(stage.uuid);
  expect(await second.until("scanned")).toMatchObject({ version: 2 });
  await stage.phone.confirm(stage.uuid);
  expect((await stage.browser.redeem(stage.uuid, await second.until("confirmed"))).status).toBe(
    200,
  );
});

test("an event counts though every socket is dead, and a check shows it", async () => {
  const stage = await stageAt("pending");
  await breakSockets(stage);
  expect((await stage.phone.scan(stage.uuid)).status).toBe(200);
  expect(await stage.browser.view(stage.uuid)).toMatchObject({ state: "scanned", version: 2 });
});

test("the seventeenth socket of a browser pushes out its oldest; the sixteen newest hear", async () => {
  const { uuid, browser, phone, listener } = await stageAt("pending");
  const more: Listener[] = [];
  for (let i = 1; i <= 16; i++) more.push(await later(i, () => browser.listen(uuid)));
  expect((await listener.closed).code).toBe(1013);
  await phone.scan(uuid);
  for (const newer of more) await newer.until("scanned");
  expect(listener.states).toEqual(["pending"]);
});

test("a phone's sockets push out none of the browser's", async () => {
  const { uuid, phone, listener } = await stageAt("scanned");
  const more: Listener[] = [];
  for (let i = 1; i <= 17; i++) {
    more.push(new Listener(await later(i, () => phone.openSocket(uuid))));
  }
  expect((await more[0]?.closed)?.code).toBe(1013);
  await phone.confirm(uuid);
  await listener.until("confirmed");
});

test("a socket that closed makes room for another, and nobody is pushed out", async () => {
  const { uuid, browser, phone, listener } = await stageAt("pending");
  const more: Listener[] = [];
  for (let i = 1; i <= 15; i++) more.push(await browser.listen(uuid));
  listener.socket.close(1000, "bye");
  await vi.waitFor(async () => expect(await openSockets(uuid)).toBe(15));
  more.push(await browser.listen(uuid));
  await phone.scan(uuid);
  for (const open of more) await open.until("scanned");
});

test("a login's changes are heard on no other login's socket", async () => {
  const [first, second] = [await stageAt("pending"), await stageAt("pending")];
  await first.phone.scan(first.uuid);
  await first.phone.confirm(first.uuid);
  await ticketOf(first);
  await second.listener.caughtUp();
  expect(second.listener.states).toEqual(["pending"]);
});

function openSockets(uuid: string): Promise<number> {
  return runInDurableObject(env.LOGIN.getByName(uuid), (_, state) => state.getWebSockets().length);
}

/** The sockets there are now fail on sending, as if their line were cut. */
function breakSockets({ uuid }: Stage): Promise<void> {
  return runInDurableObject(env.LOGIN.getByName(uuid), (_, state) => {
    for (const socket of state.getWebSockets()) {
      socket.send = () => {
        throw new Error("broken on purpose");
      };
    }
  });
}
