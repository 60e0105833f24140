/** The grants of a user, through the gateway: begun, refreshed, asked after, ended, and forgotten. */
import { evictDurableObject, listDurableObjectIds, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { deriveKeys } from "../../src/core/keys.ts";
import {
  ACCESS_TOKEN_TTL_S,
  GRANTS_MAX,
  REFRESH_GRACE_S,
  REFRESH_IDLE_S,
} from "../../src/core/limits.ts";
import { grantOf, refresh, revoke, userOf } from "../../src/users/gateway.ts";
import { namesOf, refreshTokenFor } from "../../src/users/refresh-token.ts";
import { later } from "../support/worker/stages.ts";
import { good, keys, newUser, tokenOf } from "../support/worker/users.ts";

const objects = async () => (await listDurableObjectIds(env.USERS)).length;
const rotate = async (token: string, clientId = "acme") => refresh(env, keys, token, clientId);
const refused = (reason: string) => ({ refused: "bad_grant", reason });

test("a grant with offline_access comes with a refresh token, and one without it does not", async () => {
  const { user, grant } = newUser();
  expect(good(await user.begin(grant("a")))).toHaveProperty("refreshToken");
  expect(good(await user.begin(grant("b", { scope: "openid" })))).toEqual({});
  for (const id of ["a", "b"]) expect(await user.stateOf(id)).toMatchObject({ grant: { id } });
});

test("begun again after a lost answer it is the same grant with the same token", async () => {
  const { user, grant, stored } = newUser();
  const token = tokenOf(await user.begin(grant("a")));
  const before = await stored();
  expect(tokenOf(await user.begin(grant("a")))).toBe(token);
  expect(await stored()).toEqual(before);
});

test("35 rotation: each token gives the grant and the next token, from the first to the tenth", async () => {
  const { user, grant } = newUser();
  const tokens = [tokenOf(await user.begin(grant("a")))];
  for (let i = 0; i < 10; i++) {
    const answer = good(await rotate(tokens.at(-1) ?? ""));
    expect(answer.grant).toEqual(grant("a"));
    tokens.push(answer.refreshToken);
  }
  expect(new Set(tokens).size).toBe(11);
});

test("35 a lost answer: 20 refreshes at once get one and the same successor", async () => {
  const { user, grant, stored } = newUser();
  const token = tokenOf(await user.begin(grant("a")));
  const answers = await Promise.all(Array.from({ length: 20 }, () => rotate(token)));
  expect(new Set(answers.map(tokenOf)).size).toBe(1);
  expect(await stored()).toMatchObject({ "grant:a": { newest: 1 } });
  expect(good(await rotate(tokenOf(answers[0] ?? {})))).toMatchObject({ grant: { id: "a" } });
});

test("35 a stolen token: used again later it ends the family, the newest token included", async () => {
  const { user, grant } = newUser();
  const stolen = tokenOf(await user.begin(grant("a")));
  const other = tokenOf(await user.begin(grant("b")));
  const newest = tokenOf(await rotate(stolen));
  await later(REFRESH_GRACE_S + 1, async () => {
    expect(await rotate(stolen)).toMatchObject(refused("refresh_reused"));
    expect(await rotate(newest)).toMatchObject(refused("grant_ended"));
    expect(await user.stateOf("a")).toMatchObject(refused("grant_ended"));
    expect(good(await rotate(other))).toMatchObject({ grant: { id: "b" } });
  });
});

test("a client that shows another's token gets nothing, and the family goes on", async () => {
  const { user, grant } = newUser();
  const token = tokenOf(await user.begin(grant("a")));
  expect(await rotate(token, "other")).toMatchObject(refused("refresh_of_other_client"));
  expect(await grantOf(env, keys, token, "other")).toMatchObject(
    refused("refresh_of_other_client"),
  );
  expect(await revoke(env, keys, token, "other")).toMatchObject(refused("refresh_of_other_client"));
  expect(good(await rotate(token))).toMatchObject({ grant: { id: "a" } });
});

test("a refresh token is good as long as it would be given a successor", async () => {
  const { user, grant } = newUser();
  const first = tokenOf(await user.begin(grant("a")));
  const second = tokenOf(await rotate(first));
  for (const token of [first, second]) {
    expect(await grantOf(env, keys, token, "acme")).toMatchObject({ grant: { id: "a" } });
  }
  await later(REFRESH_GRACE_S + 1, async () => {
    expect(await grantOf(env, keys, first, "acme")).toMatchObject(refused("refresh_reused"));
    // Asking is not using: nothing has ended.
    expect(await grantOf(env, keys, second, "acme")).toMatchObject({ grant: { id: "a" } });
  });
});

test("revoked by any of its tokens the grant is over, and a second time there is nothing to revoke", async () => {
  const { user, grant } = newUser();
  const first = tokenOf(await user.begin(grant("a")));
  const second = tokenOf(await rotate(first));
  expect(await revoke(env, keys, first, "acme")).toBeUndefined();
  expect(await rotate(second)).toMatchObject(refused("grant_ended"));
  expect(await user.stateOf("a")).toMatchObject(refused("grant_ended"));
  expect(await revoke(env, keys, second, "acme")).toMatchObject(refused("grant_ended"));
});

test("32 a code used twice: what ends before it begins never begins, and its token is dead", async () => {
  const { user, grant, alarm } = newUser();
  expect(await user.end("a")).toBeUndefined();
  const token = tokenOf(await user.begin(grant("a")));
  expect(await user.stateOf("a")).toMatchObject(refused("grant_ended"));
  expect(await refresh(env, keys, token, "acme")).toMatchObject(refused("grant_ended"));
  expect(await alarm()).not.toBeNull();
});

test("a grant without a refresh token is over with its access token, one with it when idle for long", async () => {
  const { user, grant } = newUser();
  await user.begin(grant("short", { scope: "openid" }));
  const token = tokenOf(await user.begin(grant("long")));
  await later(ACCESS_TOKEN_TTL_S + 1, async () => {
    expect(await user.stateOf("short")).toMatchObject(refused("grant_over"));
    expect(good(await user.stateOf("long"))).toMatchObject({ grant: { id: "long" } });
  });
  await later(REFRESH_IDLE_S + 1, async () => {
    expect(await rotate(token)).toMatchObject(refused("grant_over"));
  });
});

test("one user's grants are nothing to another", async () => {
  const [ada, lin] = [newUser(), newUser()];
  const token = tokenOf(await ada.user.begin(ada.grant("a")));
  expect(await lin.user.stateOf("a")).toMatchObject(refused("grant_unknown"));
  await lin.user.end("a");
  expect(good(await rotate(token))).toMatchObject({ grant: { user: { sub: ada.sub } } });
});

test("5 invented tokens: a forged refresh token wakes no object, and asking leaves nothing stored", async () => {
  const { sub, user, stored } = newUser();
  const [object] = namesOf(keys, sub);
  const before = await objects();
  const strangers = deriveKeys("unit-W7yR4oPq0SxZ2kMvB6nJ8tLhC1gDfA5e");
  const forged = refreshTokenFor(strangers.refresh, { object, grantId: "a", number: 0 });
  for (const token of [forged, "", "a.b.c.d", `${forged}x`, "x".repeat(9000)]) {
    for (const call of [refresh, grantOf, revoke]) {
      expect(await call(env, keys, token, "acme")).toMatchObject(refused("refresh_forged"));
    }
  }
  expect(await objects()).toBe(before);
  expect(await user.stateOf("a")).toMatchObject(refused("grant_unknown"));
  const never = refreshTokenFor(keys.refresh, { object, grantId: "a", number: 0 });
  expect(await rotate(never)).toMatchObject(refused("grant_unknown"));
  expect(await revoke(env, keys, never, "acme")).toMatchObject(refused("grant_unknown"));
  expect(await stored()).toEqual({});
});

test("evicted between every two calls, nothing is lost", async () => {
  const { user, grant, stub } = newUser();
  let token = tokenOf(await user.begin(grant("a")));
  for (let i = 0; i < 3; i++) {
    await evictDurableObject(stub);
    const again = tokenOf(await rotate(token));
    await evictDurableObject(stub);
    expect(tokenOf(await rotate(token))).toBe(again);
    token = again;
  }
  await evictDurableObject(stub);
  await user.end("a");
  await evictDurableObject(stub);
  expect(await rotate(token)).toMatchObject(refused("grant_ended"));
});

test("the alarm forgets what is over, is set anew for the rest, and leaves nothing in the end", async () => {
  const { user, grant, stub, stored, alarm } = newUser();
  await user.begin(grant("short", { scope: "openid" }));
  const token = tokenOf(await user.begin(grant("long")));
  await later(ACCESS_TOKEN_TTL_S + 1, () => runDurableObjectAlarm(stub));
  expect(Object.keys(await stored())).toEqual(["grant:long"]);
  const idle = await alarm();
  expect(idle).not.toBeNull();
  // Used since, it is not over yet when the alarm rings.
  await later(86_400, () => rotate(token));
  await later(REFRESH_IDLE_S + 1, () => runDurableObjectAlarm(stub));
  expect(Object.keys(await stored())).toEqual(["grant:long"]);
  expect((await alarm()) ?? 0).toBeGreaterThan(idle ?? 0);
  await later(REFRESH_IDLE_S + 86_401, () => runDurableObjectAlarm(stub));
  expect([await stored(), await alarm()]).toEqual([{}, null]);
});

test("a grant that was ended holds nothing of its user any more, and is forgotten by the alarm", async () => {
  const { user, grant, stub, stored, alarm } = newUser();
  await user.begin(grant("a"));
  await user.end("a");
  expect(await stored()).toEqual({ "grant:a": { endedAt: expect.any(Number) } });
  await later(REFRESH_IDLE_S + 1, () => runDurableObjectAlarm(stub));
  expect([await stored(), await alarm()]).toEqual([{}, null]);
});

test("of more grants than a user may have, those go first that would be over first", async () => {
  const { user, grant, stored } = newUser();
  await user.begin(grant("short", { scope: "openid" }));
  for (let i = 0; i < GRANTS_MAX; i++) await user.begin(grant(`g${i}`));
  expect(Object.keys(await stored())).toHaveLength(GRANTS_MAX);
  expect(await user.stateOf("short")).toMatchObject(refused("grant_unknown"));
  await user.begin(grant("one-more"));
  expect(Object.keys(await stored())).toHaveLength(GRANTS_MAX);
  expect(good(await user.stateOf("one-more"))).toMatchObject({ grant: { id: "one-more" } });
});

test("20 a rolled secret: grants of before go on, and can be asked after and ended", async () => {
  const { user, grant, sub } = newUser();
  const token = tokenOf(await user.begin(grant("a")));
  await user.begin(grant("b"));
  const rolled = deriveKeys("unit-W7yR4oPq0SxZ2kMvB6nJ8tLhC1gDfA5e", env.SECRET);
  const now = userOf(env, rolled, sub);
  const next = good(await refresh(env, rolled, token, "acme"));
  expect(good(await refresh(env, rolled, next.refreshToken, "acme"))).toMatchObject({
    grant: { id: "a" },
  });
  expect(good(await now.stateOf("a"))).toMatchObject({ grant: { id: "a" } });
  await now.end("b");
  expect(await now.stateOf("b")).toMatchObject(refused("grant_ended"));
  tokenOf(await now.begin(grant("c")));
  expect(await user.stateOf("c")).toMatchObject(refused("grant_unknown"));
});

test("20 a dropped secret: what it signed is void, and leads nowhere", async () => {
  const { user, grant, sub } = newUser();
  const token = tokenOf(await user.begin(grant("a")));
  const fresh = deriveKeys("unit-W7yR4oPq0SxZ2kMvB6nJ8tLhC1gDfA5e");
  expect(await refresh(env, fresh, token, "acme")).toMatchObject(refused("refresh_forged"));
  expect(await userOf(env, fresh, sub).stateOf("a")).toMatchObject(refused("grant_unknown"));
});
