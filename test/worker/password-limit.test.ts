/** One limit on passwords, whichever call they are sent to, and what checking them may cost others. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HELD_BACK } from "../../src/core/limits.ts";
import { hashPassword } from "../../src/identity/password.ts";
import { Browser, newAccount, type Account, type PartyOptions } from "../support/worker/parties.ts";
import {
  at as atTime,
  expectRefusal,
  stageAt,
  stored,
  withBindings,
} from "../support/worker/stages.ts";

/** What a call was to wait for a turn of its own, or for its refusal, in milliseconds. */
let waits: number[] = [];
/** How often the refusal of a guesser was to come late; here nobody waits for it. */
const heldBack = () => waits.filter((ms) => ms >= HELD_BACK.guessersMs).length;

beforeEach(() => {
  waits = [];
  const wait = scheduler.wait.bind(scheduler);
  vi.spyOn(scheduler, "wait").mockImplementation(async (ms) => {
    waits.push(ms);
    if (ms < HELD_BACK.guessersMs) await wait(ms);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const at = (address: string, more: PartyOptions = {}) =>
  new Browser({ headers: { "CF-Connecting-IP": address }, ...more });

const signIn = (from: Browser, { username, password }: Pick<Account, "username" | "password">) =>
  from.post("/account/token", { username, password });

/** The ways a password can be sent. Each answers with its own status. */
const ways = {
  "POST /account/token": (from: Browser, account: Account) => signIn(from, account),
  "POST /account/token, as a form": async (from: Browser, { username, password }: Account) => {
    const { uuid } = await new Browser().mint();
    return from.submit("/account/token", { uuid, username, password });
  },
  "POST /qrcode/verify": async (from: Browser, { username, password }: Account) => {
    const { uuid } = await new Browser().mint();
    const body = { UUID: uuid, UserName: username, Password: password, Platform: "test" };
    return from.post("/qrcode/verify", body);
  },
};

/** As many as a limit of ten a minute lets through at most, should a new minute begin meanwhile. */
const TWO_MINUTES = 21;

async function guessUntilRefused(from: Browser, way: keyof typeof ways): Promise<Response> {
  for (let i = 0; i < TWO_MINUTES; i++) {
    const account = { ...(await newAccount()), password: "guess" };
    const response = await ways[way](from, account);
    const isRefused =
      response.status === 429 ||
      (response.status === 200 &&
        (await response.clone().json<{ Result: number }>()).Result === -11);
    if (isRefused) return response;
  }
  throw new Error("never refused");
}

test.each(Object.keys(ways) as (keyof typeof ways)[])(
  "21 work as a weapon: ten wrong passwords a minute sent to %s, and the address is refused by all, the right password included",
  async (way) => {
    const guesser = new Browser();
    const refused = await guessUntilRefused(guesser, way);
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect(Number(refused.headers.get("Retry-After"))).toBeLessThanOrEqual(60);
    const account = await newAccount();
    const statuses = [];
    for (const send of Object.values(ways)) statuses.push((await send(guesser, account)).status);
    expect(statuses).toEqual([429, 429, 200]);
    const answer = await (await ways["POST /qrcode/verify"](guesser, account)).json();
    expect(answer).toMatchObject({ Result: -11 });
    expect((await signIn(new Browser(), account)).status).toBe(200);
  },
);

test("21 work as a weapon: an office that signs in rightly from one address is never held up", async () => {
  const office = new Browser();
  for (let i = 0; i < 100; i++) {
    expect((await signIn(office, await newAccount())).status).toBe(200);
  }
  // Nor by the one colleague who mistypes now and then.
  for (let i = 0; i < 5; i++) {
    const account = await newAccount();
    expect((await signIn(office, { ...account, password: "typo" })).status).toBe(401);
    expect((await signIn(office, account)).status).toBe(200);
  }
});

test("21 work as a weapon: what is refused by the address is not looked at, and costs no account", async () => {
  const guesser = new Browser();
  await guessUntilRefused(guesser, "POST /account/token");
  const account = await newAccount();
  for (let i = 0; i < 10; i++) {
    expect((await signIn(guesser, { ...account, password: "x" })).status).toBe(429);
  }
  expect((await signIn(new Browser(), account)).status).toBe(200);
});

/** The bindings, as they note what was counted; those named are full. */
function counting(...full: string[]) {
  const counted: Record<string, string[]> = {};
  const binding = (name: string) => ({
    limit: async ({ key }: { key: string }) => {
      (counted[name] ??= []).push(key);
      return { success: !full.includes(name) };
    },
  });
  const names = ["PASSWORD_LIMIT", "PASSWORD_LIMIT_56", "PASSWORD_LIMIT_48"];
  const via = withBindings(Object.fromEntries(names.map((name) => [name, binding(name)])));
  return { counted, via };
}

test("21 work as a weapon: a wrong password counts for the address, or the /64, /56 and /48; a right one for nobody", async () => {
  const account = await newAccount();
  const { counted, via } = counting();
  for (const address of ["198.51.100.7", "2001:db8:0a00:1234::7", "2001:db8:a00:12ff:1:2:3:4"]) {
    await signIn(at(address, { via }), account);
    expect(counted).toEqual({});
  }
  for (const address of ["198.51.100.7", "2001:db8:0a00:1234::7", "2001:db8:a00:12ff:1:2:3:4"]) {
    await signIn(at(address, { via }), { ...account, password: "x" });
  }
  expect(counted).toEqual({
    PASSWORD_LIMIT: ["198.51.100.7", "2001:0db8:0a00:1234/64", "2001:0db8:0a00:12ff/64"],
    PASSWORD_LIMIT_56: ["2001:0db8:0a00:12/56", "2001:0db8:0a00:12/56"],
    PASSWORD_LIMIT_48: ["2001:0db8:0a00/48", "2001:0db8:0a00/48"],
  });
});

test.each([
  ["PASSWORD_LIMIT", "2001:db8:b0:1200::1", "2001:db8:b0:1200::2", "2001:db8:b0:1201::1"],
  ["PASSWORD_LIMIT_56", "2001:db8:b1:1200::1", "2001:db8:b1:12ff::1", "2001:db8:b1:1300::1"],
  ["PASSWORD_LIMIT_48", "2001:db8:b2:1200::1", "2001:db8:b2:ffff::1", "2001:db8:b3:1200::1"],
])(
  "21 work as a weapon: once %s is full for %s, %s waits as well, and %s does not",
  async (limit, guesser, neighbour, stranger) => {
    const account = await newAccount();
    const { via } = counting(limit);
    await signIn(at(guesser, { via }), { ...account, password: "x" });
    expect((await signIn(at(neighbour), account)).status).toBe(429);
    expect((await signIn(at(stranger), account)).status).toBe(200);
  },
);

const costly = async () => {
  const account = await newAccount();
  const update = env.DB.prepare("UPDATE accounts SET password_hash = ? WHERE username = ?");
  await update.bind(await hashPassword(account.password), account.username).run();
  return account;
};

/** Comes back once no crowd of another test is left, and the time that this check takes is known. */
async function quiet(account: Account): Promise<void> {
  const letIn = async () => expect((await signIn(new Browser(), account)).status).toBe(200);
  await vi.waitFor(letIn, { timeout: 30_000, interval: 250 });
}

/** Sent all at once, each from an address of its own. */
async function crowd(account: Account, size: number) {
  await quiet(account);
  const sent = Array.from({ length: size }, (_, i) =>
    signIn(new Browser(), { ...account, password: `guess ${i}` }),
  );
  const responses = await Promise.all(sent);
  return (status: number) => responses.filter((it) => it.status === status);
}

test("21 work as a weapon: of a crowd a few are checked, and the rest is turned away", async () => {
  const answered = await crowd(await costly(), 40);
  const away = answered(503);
  expect(away.length).toBeGreaterThan(30);
  expect(answered(401).length).toBeGreaterThan(0);
  for (const response of away) {
    expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0);
    await expectRefusal(response, "unavailable");
  }
  expect(heldBack()).toBe(0);
});

test("21 work as a weapon: those who are turned away hear so one by one, or they would all be back together", async () => {
  const account = await costly();
  await quiet(account);
  waits = [];
  const away = (await crowd(account, 40))(503);
  expect(waits.length).toBeGreaterThanOrEqual(away.length);
  expect(Math.max(...waits)).toBeGreaterThan((away.length / 2 / HELD_BACK.perS) * 1000);
});

test("21 work as a weapon: a password that is turned away counts against no account and burns no login", async () => {
  const { uuid } = await stageAt("pending");
  const account = await costly();
  const body = { UUID: uuid, UserName: account.username, Password: "guess", Platform: "test" };
  await crowd(account, 20);
  const answers = await Promise.all(
    Array.from({ length: 20 }, async () =>
      (await new Browser().post("/qrcode/verify", body)).json<{ Result: number }>(),
    ),
  );
  const wrong = answers.filter(({ Result }) => Result === -9).length;
  expect(answers.filter(({ Result }) => Result === -13).length).toBeGreaterThan(10);
  expect(await stored(uuid)).toMatchObject({ failures: wrong });
});

test("21 work as a weapon: while many who guessed before guess on, somebody else signs in", async () => {
  const guessers = Array.from({ length: 30 }, () => new Browser());
  const target = await costly();
  await quiet(await newAccount());
  for (const guesser of guessers) await signIn(guesser, { ...(await newAccount()), password: "x" });
  const account = await costly();
  await quiet(account);
  const guesses = guessers.map((guesser) => signIn(guesser, { ...target, password: "x" }));
  expect((await signIn(new Browser(), account)).status).toBe(200);
  const statuses = (await Promise.all(guesses)).map(({ status }) => status);
  expect(statuses).toContain(503);
});

/** An address that is refused from now on. */
async function refusedAddress(): Promise<Browser> {
  const { address } = new Browser();
  const { via } = counting("PASSWORD_LIMIT");
  const account = await newAccount();
  await quiet(account);
  await signIn(at(address, { via }), { ...account, password: "x" });
  waits = [];
  return at(address);
}

test("21 work as a weapon: a network that guesses gets its refusal late, so that asking again costs it time", async () => {
  const guesser = await refusedAddress();
  expect((await signIn(guesser, await newAccount())).status).toBe(429);
  expect(heldBack()).toBe(1);
});

test("21 work as a weapon: only so many refusals are held back at once, as each costs memory", async () => {
  const guesser = await refusedAddress();
  const account = await newAccount();
  const most = (HELD_BACK.perS * HELD_BACK.queueMaxMs) / 1000 + 1;
  // So late that no refusal of another test is still held back.
  await atTime(Date.now() + 15_000, async () => {
    for (let i = 0; i < most + 50; i++) await signIn(guesser, account);
  });
  expect(heldBack()).toBe(most);
});
