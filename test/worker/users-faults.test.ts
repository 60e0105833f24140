/** A user's object whose storage fails, that is away, or costs too much: counted, and never believed. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { REFRESH_GRACE_S } from "../../src/core/limits.ts";
import { grantOf, refresh, revoke, userOf } from "../../src/users/gateway.ts";
import { later } from "../support/worker/stages.ts";
import { good, keys, newUser, tokenOf } from "../support/worker/users.ts";

type User = ReturnType<typeof newUser>;

const unavailable = { refused: "unavailable", reason: "object_away", retryAfterS: 2 };

/** From here on every write of this object is counted: an alarm costs a row as well. */
function counted({ inside }: User): Promise<string[]> {
  return inside(({ storage }) => {
    const rows: string[] = [];
    const { kv } = storage;
    const [put, remove] = [kv.put.bind(kv), kv.delete.bind(kv)];
    const setAlarm = storage.setAlarm.bind(storage);
    kv.put = (key, value) => {
      rows.push("put");
      put(key, value);
    };
    kv.delete = (key) => {
      rows.push("delete");
      return remove(key);
    };
    storage.setAlarm = (time) => {
      rows.push("alarm");
      return setAlarm(time);
    };
    return rows;
  });
}

function failNextWrite({ inside }: User): Promise<void> {
  return inside(({ storage: { kv } }) => {
    const put = kv.put.bind(kv);
    kv.put = () => {
      kv.put = put;
      throw new Error("storage failed on purpose");
    };
  });
}

function failNextAlarm({ inside }: User): Promise<void> {
  return inside(({ storage }) => {
    const setAlarm = storage.setAlarm.bind(storage);
    storage.setAlarm = () => {
      storage.setAlarm = setAlarm;
      return Promise.reject(new Error("storage failed on purpose"));
    };
  });
}

/** A way to the same objects on which the first so many answers are lost, after the deed. */
function losing(answers: number) {
  let asked = 0;
  const getByName = (name: string) =>
    new Proxy(env.USERS.getByName(name), {
      get(stub, call: "refresh") {
        return async (...given: Parameters<typeof stub.refresh>) => {
          const answer = await stub[call](...given);
          if (++asked > answers) return answer;
          throw Object.assign(new Error("network connection lost"), { retryable: true });
        };
      },
    });
  return { env: { USERS: { getByName } as unknown as Env["USERS"] }, asked: () => asked };
}

test("the first grant of a user costs 2 rows with the alarm's, each further one 1, each rotation 1", async () => {
  const ada = newUser();
  const { user, grant } = ada;
  const rows = await counted(ada);
  const token = tokenOf(await user.begin(grant("a")));
  expect(rows.splice(0)).toEqual(["put", "alarm"]);
  await user.begin(grant("b", { scope: "openid" }));
  expect(rows.splice(0)).toEqual(["put"]);
  const next = tokenOf(await refresh(env, keys, token, "acme"));
  tokenOf(await refresh(env, keys, next, "acme"));
  expect(rows.splice(0)).toEqual(["put", "put"]);
  await user.end("b");
  expect(rows.splice(0)).toEqual(["put"]);
});

test("asking, repeating and being refused cost no row", async () => {
  const ada = newUser();
  const { user, grant } = ada;
  const token = tokenOf(await user.begin(grant("a")));
  const next = tokenOf(await refresh(env, keys, token, "acme"));
  const rows = await counted(ada);
  await user.begin(grant("a"));
  for (let i = 0; i < 5; i++) tokenOf(await refresh(env, keys, token, "acme"));
  await refresh(env, keys, next, "other");
  await revoke(env, keys, next, "other");
  await user.stateOf("a");
  await user.stateOf("nothing");
  await grantOf(env, keys, next, "acme");
  expect(rows).toEqual([]);
});

test("35 a reuse costs the one row that ends the family, and being tried again none", async () => {
  const ada = newUser();
  const token = tokenOf(await ada.user.begin(ada.grant("a")));
  tokenOf(await refresh(env, keys, token, "acme"));
  const rows = await counted(ada);
  await later(REFRESH_GRACE_S + 1, async () => {
    for (let i = 0; i < 5; i++) await refresh(env, keys, token, "acme");
  });
  expect(rows).toEqual(["put"]);
});

test("a grant whose row cannot be written is not begun, and leaves no alarm; the next try begins it", async () => {
  const ada = newUser();
  await failNextWrite(ada);
  expect(await ada.user.begin(ada.grant("a"))).toMatchObject(unavailable);
  expect([await ada.stored(), await ada.alarm()]).toEqual([{}, null]);
  tokenOf(await ada.user.begin(ada.grant("a")));
});

test("a grant whose alarm cannot be set is not begun, as nothing would ever wipe it", async () => {
  const ada = newUser();
  await failNextAlarm(ada);
  expect(await ada.user.begin(ada.grant("a"))).toMatchObject(unavailable);
  expect([await ada.stored(), await ada.alarm()]).toEqual([{}, null]);
  tokenOf(await ada.user.begin(ada.grant("a")));
  expect(await ada.alarm()).not.toBeNull();
});

test("an alarm that got lost is set anew with the next grant", async () => {
  const ada = newUser();
  await ada.user.begin(ada.grant("a"));
  await ada.inside(({ storage }) => storage.deleteAlarm());
  await ada.user.begin(ada.grant("b"));
  expect(await ada.alarm()).not.toBeNull();
});

test("a rotation that cannot be written gives no token; the same token then gets its successor", async () => {
  const ada = newUser();
  const token = tokenOf(await ada.user.begin(ada.grant("a")));
  const before = await ada.stored();
  await failNextWrite(ada);
  expect(await refresh(env, keys, token, "acme")).toMatchObject(unavailable);
  expect(await ada.stored()).toEqual(before);
  expect(good(await refresh(env, keys, token, "acme"))).toMatchObject({ grant: { id: "a" } });
});

test("an end that cannot be written says so, and the grant goes on until it can", async () => {
  const ada = newUser();
  await ada.user.begin(ada.grant("a"));
  await failNextWrite(ada);
  expect(await ada.user.end("a")).toMatchObject(unavailable);
  good(await ada.user.stateOf("a"));
  expect(await ada.user.end("a")).toBeUndefined();
});

test("an alarm that cannot wipe keeps everything, and its retry wipes", async () => {
  const ada = newUser();
  await ada.user.begin(ada.grant("a"));
  await runInDurableObject(ada.stub, async (object, { storage }) => {
    storage.deleteAll = () => {
      Reflect.deleteProperty(storage, "deleteAll");
      throw new Error("storage failed on purpose");
    };
    await later(31 * 86_400, async () => {
      await expect(object.alarm()).rejects.toThrow("on purpose");
      expect([...storage.kv.list()]).toHaveLength(1);
      await object.alarm();
    });
    expect([...storage.kv.list()]).toEqual([]);
  });
});

test("an object that is briefly away is asked again, once; a token is rotated once all the same", async () => {
  const ada = newUser();
  const token = tokenOf(await ada.user.begin(ada.grant("a")));
  const once = losing(1);
  const next = tokenOf(await refresh(once.env, keys, token, "acme"));
  expect(once.asked()).toBe(2);
  expect(await ada.stored()).toMatchObject({ "grant:a": { newest: 1 } });
  const twice = losing(2);
  expect(await refresh(twice.env, keys, next, "acme")).toMatchObject(unavailable);
  expect(twice.asked()).toBe(2);
  const away = losing(99);
  expect(await userOf(away.env, keys, ada.sub).stateOf("a")).toMatchObject(unavailable);
  expect(await userOf(away.env, keys, ada.sub).end("a")).toMatchObject(unavailable);
});
