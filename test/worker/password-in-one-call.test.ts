/** `POST /qrcode/verify`: scan and confirm in one call, answered with the contract's numbers. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { State } from "../../src/login/machine.ts";
import { Browser, newAccount, phoneOf, type Account } from "../support/worker/parties.ts";
import { later, stageAt, stored, withBindings, type Stage } from "../support/worker/stages.ts";

interface Answer {
  readonly Result: number;
  readonly Message: string;
}

async function verify(body: unknown): Promise<Answer> {
  const response = await new Browser().post("/qrcode/verify", body);
  expect(response.status).toBe(200);
  expect(response.headers.get("Content-Type")).toMatch(/^application\/json/);
  const answer = await response.json<Answer>();
  expect(Object.keys(answer)).toEqual(["Result", "Message"]);
  expect(answer.Message).not.toBe("");
  return answer;
}

function bodyFor(uuid: string, { username, password }: Account, more: object = {}) {
  return { UUID: uuid, UserName: username, Password: password, Platform: "test", ...more };
}

test("0: right credentials confirm at once, and the browser hears both changes", async () => {
  const { uuid, browser, listener } = await stageAt("pending");
  const account = await newAccount();
  const answer = await verify(bodyFor(uuid, account, { ConnectionId: "abc" }));
  expect(answer).toEqual({ Result: 0, Message: "Signed in." });
  const confirmed = await listener.until("confirmed");
  expect(confirmed.user).toEqual({ name: account.name });
  expect((await browser.redeem(uuid, confirmed)).status).toBe(200);
  expect(await (await browser.fetch("/me")).json()).toMatchObject({ user: { sub: account.sub } });
});

type Case = [result: number, from: State, body: (stage: Stage) => unknown];

const wrong = async (uuid: string) => bodyFor(uuid, { ...(await newAccount()), password: "wrong" });
const cases: Record<string, Case> = {
  "a UUID that is a number": [-1, "pending", async () => bodyFor(1 as never, await newAccount())],
  "a body that is no object": [-1, "pending", () => "text"],
  "a ConnectionId that is a number": [
    -1,
    "pending",
    async ({ uuid }) => bodyFor(uuid, await newAccount(), { ConnectionId: 1 }),
  ],
  "an empty body": [-2, "pending", () => ({})],
  "no UUID": [-2, "pending", async () => bodyFor("", await newAccount())],
  "no UserName": [
    -2,
    "pending",
    async ({ uuid }) => bodyFor(uuid, await newAccount(), { UserName: "" }),
  ],
  "no Password": [
    -2,
    "pending",
    async ({ uuid }) => bodyFor(uuid, await newAccount(), { Password: undefined }),
  ],
  "no Platform": [
    -2,
    "pending",
    async ({ uuid }) => bodyFor(uuid, await newAccount(), { Platform: "" }),
  ],
  "nobody watches": [
    -3,
    "pending",
    async ({ browser }) => bodyFor((await browser.mint()).uuid, await newAccount()),
  ],
  "not minted here": [-4, "pending", async () => bodyFor(crypto.randomUUID(), await newAccount())],
  expired: [-5, "expired", async ({ uuid }) => bodyFor(uuid, await newAccount())],
  cancelled: [-5, "cancelled", async ({ uuid }) => bodyFor(uuid, await newAccount())],
  "scanned by another user": [-6, "scanned", async ({ uuid }) => bodyFor(uuid, await newAccount())],
  "redeemed by another user": [
    -6,
    "redeemed",
    async ({ uuid }) => bodyFor(uuid, await newAccount()),
  ],
  "a disabled account": [
    -7,
    "pending",
    async ({ uuid }) => bodyFor(uuid, await newAccount("disabled")),
  ],
  "a deleted account": [
    -8,
    "pending",
    async ({ uuid }) => bodyFor(uuid, await newAccount("deleted")),
  ],
};

test.for(Object.entries(cases))(
  "%s is refused by number, and changes nothing",
  async ([, given]) => {
    const [result, from, body] = given;
    const stage = await stageAt(from);
    const before = await stored(stage.uuid);
    expect((await verify(await body(stage))).Result).toBe(result);
    expect(await stored(stage.uuid)).toEqual(before);
  },
);

test("-6: the same credentials a second time", async () => {
  const { uuid } = await stageAt("pending");
  const account = await newAccount();
  expect((await verify(bodyFor(uuid, account))).Result).toBe(0);
  expect((await verify(bodyFor(uuid, account))).Result).toBe(-6);
});

test("-9: a wrong password and a missing account are told alike, and counted on the login", async () => {
  const { uuid, listener } = await stageAt("pending");
  const missing = { UUID: uuid, UserName: "nobody-here", Password: "wrong", Platform: "test" };
  const first = await verify(await wrong(uuid));
  expect(first).toEqual({ Result: -9, Message: "Wrong username or password." });
  expect(await verify(missing)).toEqual(first);
  expect(await verify(bodyFor(uuid, await newAccount("disabled"), { Password: "x" }))).toEqual(
    first,
  );
  await listener.caughtUp();
  expect(await stored(uuid)).toMatchObject({ state: "pending", failures: 3 });
});

test("the fifth failure burns the login, tells the browser why, and no password opens it again", async () => {
  const { uuid, listener } = await stageAt("pending");
  for (let i = 0; i < 4; i++) expect((await verify(await wrong(uuid))).Result).toBe(-9);
  expect(await stored(uuid)).toMatchObject({ state: "pending" });
  expect((await verify(await wrong(uuid))).Result).toBe(-9);
  expect(await listener.until("expired")).toMatchObject({ reason: "too_many_attempts" });
  expect((await listener.closed).code).toBe(1000);
  expect((await verify(bodyFor(uuid, await newAccount()))).Result).toBe(-5);
});

test("five failures sent at once burn it just the same", async () => {
  const { uuid } = await stageAt("pending");
  const bodies = await Promise.all(Array.from({ length: 5 }, () => wrong(uuid)));
  await Promise.all(bodies.map((body) => verify(body)));
  expect(await stored(uuid)).toMatchObject({ state: "expired", failures: 5 });
});

test("-11: over the limit, with Retry-After", async () => {
  const { uuid } = await stageAt("pending");
  const via = withBindings({ PASSWORD_LIMIT: { limit: async () => ({ success: false }) } });
  const device = new Browser({ via });
  const guess = await wrong(uuid);
  await device.post("/qrcode/verify", guess);
  const before = await stored(uuid);
  const response = await device.post("/qrcode/verify", guess);
  expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0);
  expect((await response.json<Answer>()).Result).toBe(-11);
  expect(await stored(uuid)).toEqual(before);
});

test("-1: a foreign page cannot send somebody's credentials", async () => {
  const { uuid } = await stageAt("pending");
  const headers = { Origin: "https://evil.example" };
  const response = await new Browser().post(
    "/qrcode/verify",
    bodyFor(uuid, await newAccount()),
    headers,
  );
  expect((await response.json<Answer>()).Result).toBe(-1);
  expect(await stored(uuid)).toMatchObject({ version: 1 });
});

test("-5: too late, though no alarm rang", async () => {
  const { uuid } = await stageAt("pending");
  const body = bodyFor(uuid, await newAccount());
  expect((await later(121, () => verify(body))).Result).toBe(-5);
});

test("the user who scanned may confirm with credentials as well", async () => {
  const { uuid } = await stageAt("pending");
  const account = await newAccount();
  expect((await (await phoneOf(account)).scan(uuid)).status).toBe(200);
  expect((await verify(bodyFor(uuid, account))).Result).toBe(0);
});

test("-12: the phone is too far under PROXIMITY=deny, and nothing changes", async () => {
  const browser = new Browser({ cf: { country: "DE", latitude: "52.52", longitude: "13.40" } });
  const { uuid } = await browser.mint();
  await browser.listen(uuid);
  await runInDurableObject(env.LOGIN.getByName(uuid), (login) => {
    Object.assign(login, { env: { ...env, PROXIMITY: "deny" } });
  });
  const app = new Browser({ cf: { country: "JP", latitude: "35.68", longitude: "139.69" } });
  const response = await app.post("/qrcode/verify", bodyFor(uuid, await newAccount()));
  expect((await response.json<Answer>()).Result).toBe(-12);
  expect(await stored(uuid)).toMatchObject({ version: 1 });
});

test("-13: the objects are away, with Retry-After", async () => {
  const lost = { asPhone: () => Promise.reject(new Error("network connection lost")) };
  const via = withBindings({ LOGIN: { getByName: () => lost } });
  const { uuid } = await stageAt("pending");
  const body = bodyFor(uuid, await newAccount());
  const response = await new Browser({ via }).post("/qrcode/verify", body);
  expect(response.headers.get("Retry-After")).toBe("2");
  expect((await response.json<Answer>()).Result).toBe(-13);
});

test.for(["scanned", "confirmed"] as const)(
  "25 strangers' failures: any number of wrong passwords leaves a %s login as it is, and tells nothing",
  async (state) => {
    const { uuid, browser, listener } = await stageAt(state);
    const before = await stored(uuid);
    for (let i = 0; i < 6; i++) {
      expect(await verify(await wrong(uuid))).toEqual({
        Result: -9,
        Message: "Wrong username or password.",
      });
    }
    expect(await stored(uuid)).toEqual(before);
    await listener.caughtUp();
    expect(listener.states).not.toContain("expired");
    if (state !== "confirmed") return;
    expect((await browser.redeem(uuid, await listener.until("confirmed"))).status).toBe(200);
  },
);
