/** Storage that fails on one write: nobody is told, nothing changes, and a retry works. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { Browser } from "../support/worker/parties.ts";
import { ticketOf } from "../support/worker/refusal-table.ts";
import {
  expectRefusal,
  later,
  stageAt,
  stored,
  withBindings,
  type Stage,
} from "../support/worker/stages.ts";

/** The next write of this login's row throws, and only that one. */
function failNextWrite(uuid: string): Promise<void> {
  return runInDurableObject(env.LOGIN.getByName(uuid), (_, { storage: { kv } }) => {
    const put = kv.put.bind(kv);
    kv.put = () => {
      kv.put = put;
      throw new Error("storage failed on purpose");
    };
  });
}

/** Setting this object's alarm fails once. */
function failNextAlarm(uuid: string): Promise<void> {
  return runInDurableObject(env.LOGIN.getByName(uuid), (_, { storage }) => {
    const setAlarm = storage.setAlarm.bind(storage);
    storage.setAlarm = () => {
      storage.setAlarm = setAlarm;
      return Promise.reject(new Error("storage failed on purpose"));
    };
  });
}

const steps: Record<
  string,
  ["pending" | "scanned" | "confirmed", (stage: Stage) => Promise<Response>]
> = {
  scan: ["pending", ({ phone, uuid }) => phone.scan(uuid)],
  confirm: ["scanned", ({ phone, uuid }) => phone.confirm(uuid)],
  cancel: ["scanned", ({ phone, uuid }) => phone.cancel(uuid)],
  "cancel after confirming": ["confirmed", ({ phone, uuid }) => phone.cancel(uuid)],
  redeem: ["confirmed", async (stage) => stage.browser.redeem(stage.uuid, await ticketOf(stage))],
};

test.for(Object.entries(steps))(
  "%s: told to nobody, stored nowhere, done on retry",
  async ([, given]) => {
    const [from, call] = given;
    const stage = await stageAt(from);
    const { uuid, listener } = stage;
    const before = await stored(uuid);
    const { length } = listener.heard;
    await failNextWrite(uuid);
    const failed = await call(stage);
    expect(failed.headers.get("Retry-After")).toBe("2");
    expect(failed.headers.getSetCookie()).toEqual([]);
    await expectRefusal(failed, "unavailable");
    await listener.caughtUp();
    expect(listener.heard).toHaveLength(length);
    expect(await stored(uuid)).toEqual(before);

    expect((await call(stage)).status).toBe(200);
    await listener.when(() => listener.heard.length > length);
    expect(await stored(uuid)).toMatchObject({ version: (before?.version ?? 0) + 1 });
  },
);

test("an attach by polling whose row cannot be written leaves no row and no alarm; the next try begins the login", async () => {
  const browser = new Browser();
  const { uuid } = await browser.mint();
  await failNextWrite(uuid);
  await expectRefusal(await browser.check(uuid), "unavailable");
  await runInDurableObject(env.LOGIN.getByName(uuid), async (_, state) => {
    expect([...state.storage.kv.list()]).toEqual([]);
    expect(await state.storage.getAlarm()).toBeNull();
    expect(state.getWebSockets()).toEqual([]);
  });
  const listener = await browser.listen(uuid);
  expect(await listener.until("pending")).toMatchObject({ version: 1 });
});

test("an attach whose alarm cannot be set begins nothing, as nothing would ever wipe it", async () => {
  const browser = new Browser();
  const { uuid } = await browser.mint();
  await failNextAlarm(uuid);
  await expectRefusal(await browser.openSocket(uuid), "unavailable");
  expect(await stored(uuid)).toBeUndefined();
  await (await browser.listen(uuid)).until("pending");
  await runInDurableObject(env.LOGIN.getByName(uuid), async (_, { storage }) => {
    expect(await storage.getAlarm()).not.toBeNull();
  });
});

test("an early alarm that cannot be set anew tells nobody, and its retry sets it", async () => {
  const { uuid, listener } = await stageAt("scanned");
  const { deadline } = (await stored(uuid)) ?? {};
  await failNextAlarm(uuid);
  await runInDurableObject(env.LOGIN.getByName(uuid), async (login, { storage }) => {
    await expect(login.alarm()).rejects.toThrow("on purpose");
    await login.alarm();
    expect(await storage.getAlarm()).toBe(deadline);
  });
  await listener.caughtUp();
  expect(listener.states).toEqual(["pending", "scanned"]);
});

test("a wrong password that could not be counted is still answered as wrong", async () => {
  const { uuid } = await stageAt("pending");
  await failNextWrite(uuid);
  const body = { UUID: uuid, UserName: `nobody-${uuid}`, Password: "wrong", Platform: "test" };
  const answer = await (await new Browser().post("/qrcode/verify", body)).json();
  expect(answer).toMatchObject({ Result: -9 });
  expect(await stored(uuid)).toMatchObject({ failures: 0 });
});

test("an alarm that cannot wipe tells nobody, and its retry ends the login", async () => {
  const stage = await stageAt("pending");
  const stub = env.LOGIN.getByName(stage.uuid);
  await runInDurableObject(stub, async (login, { storage }) => {
    storage.deleteAll = () => {
      Reflect.deleteProperty(storage, "deleteAll");
      throw new Error("storage failed on purpose");
    };
    await expect(later(271, () => login.alarm())).rejects.toThrow("on purpose");
  });
  await stage.listener.caughtUp();
  expect(stage.listener.states).toEqual(["pending"]);
  expect(await later(271, () => runDurableObjectAlarm(stub))).toBe(true);
  await stage.listener.until("expired");
  expect(await stored(stage.uuid)).toBeUndefined();
});

test("an object that is briefly away is asked again for what may be repeated, once", async () => {
  for (const [faults, status] of [
    [1, 200],
    [2, 503],
  ] as const) {
    const { uuid, browser } = await stageAt("pending");
    const { asked, via } = awayFor(faults, { retryable: true });
    const cutOff = sameBrowser(browser, via);
    expect((await cutOff.check(uuid)).status).toBe(status);
    expect(asked()).toBe(2);
  }
});

test("an object's error that is not marked retryable, or comes from overload, is not followed by a second call", async () => {
  for (const marks of [{}, { retryable: true, overloaded: true }]) {
    const { uuid, browser } = await stageAt("pending");
    const { asked, via } = awayFor(1, marks);
    await expectRefusal(await sameBrowser(browser, via).check(uuid), "unavailable");
    expect(asked()).toBe(1);
  }
});

test("redeeming is never repeated by itself: the answer may have been lost after the deed", async () => {
  const stage = await stageAt("confirmed");
  const ticket = await ticketOf(stage);
  const { asked, via } = awayFor(1, { retryable: true });
  const cutOff = sameBrowser(stage.browser, via);
  await expectRefusal(await cutOff.redeem(stage.uuid, ticket), "unavailable");
  expect(asked()).toBe(1);
  expect((await cutOff.redeem(stage.uuid, ticket)).status).toBe(200);
});

/** The first so many questions to any object fail with an error that is marked like this. */
function awayFor(faults: number, marks: { retryable?: boolean; overloaded?: boolean }) {
  let count = 0;
  const lose = () => Promise.reject(Object.assign(new Error("network connection lost"), marks));
  const lost = { asBrowser: lose, asPhone: lose, redeem: lose, fetch: lose };
  const getByName = (name: string) => (++count <= faults ? lost : env.LOGIN.getByName(name));
  return { asked: () => count, via: withBindings({ LOGIN: { getByName } }) };
}

function sameBrowser(
  { cookies }: Browser,
  via: (request: Request) => Response | Promise<Response>,
) {
  const browser = new Browser({ via });
  for (const [name, value] of cookies) browser.cookies.set(name, value);
  return browser;
}
