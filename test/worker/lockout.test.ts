import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { LOCKOUT } from "../../src/core/limits.ts";
import { Browser, newAccount, newPhone } from "../support/worker/parties.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** From another address each time: what is counted here is the account. */
const signIn = (username: string, password: string) =>
  new Browser().post("/account/token", { username, password });

async function guess(username: string, times: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < times; i++) statuses.push((await signIn(username, `guess ${i}`)).status);
  return statuses;
}

function later(ms: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
}

test("11 guessing: after five wrong passwords the account waits, the right one included", async () => {
  const { username, password } = await newAccount();
  expect(await guess(username, LOCKOUT.free)).toEqual([401, 401, 401, 401, 401]);
  const locked = await signIn(username, password);
  expect(locked.status).toBe(429);
  expect(Number(locked.headers.get("Retry-After"))).toBeGreaterThan(0);
  later(LOCKOUT.firstMs);
  expect((await signIn(username, password)).status).toBe(200);
});

test("11 guessing: the wait doubles with each further failure, up to a limit", async () => {
  const { username } = await newAccount();
  await guess(username, LOCKOUT.free);
  const waits: number[] = [];
  for (let i = 0; i < 8; i++) {
    const locked = await signIn(username, "guess");
    expect(locked.status).toBe(429);
    const waitS = Number(locked.headers.get("Retry-After"));
    waits.push(waitS);
    later(waitS * 1000);
    expect((await signIn(username, "guess")).status).toBe(401);
  }
  expect(waits).toEqual([15, 30, 60, 120, 240, 480, 900, 900]);
});

test("11 guessing: a right password forgives the wrong ones, and so does time", async () => {
  const { username, password } = await newAccount();
  await guess(username, LOCKOUT.free - 1);
  expect((await signIn(username, password)).status).toBe(200);
  expect(await guess(username, LOCKOUT.free)).not.toContain(429);
  later(LOCKOUT.forgottenAfterMs + 1000);
  expect(await guess(username, LOCKOUT.free)).not.toContain(429);
});

test("11 guessing: many guesses at once are counted like one by one", async () => {
  const { username } = await newAccount();
  const tries = Array.from({ length: 20 }, (_, i) => signIn(username, `guess ${i}`));
  const statuses = (await Promise.all(tries)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(LOCKOUT.free);
  expect(statuses.filter((status) => status === 429)).toHaveLength(20 - LOCKOUT.free);
});

test("11 guessing: an account that does not exist locks the same way", async () => {
  expect(await guess("nobody-by-this-name", 6)).toEqual([401, 401, 401, 401, 401, 429]);
});

test("11 guessing: what people type as a username is not kept", async () => {
  await guess("my-secret-password", 1);
  const { results } = await env.DB.prepare("SELECT username FROM attempts").all();
  expect(JSON.stringify(results)).not.toContain("my-secret-password");
});

const FULL = LOCKOUT.namesMax;

/** As if so many other names had been guessed at, the last of them now. */
async function guessOthers(count: number): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO attempts (username, failures, last_at, locked_until)
     WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
     SELECT 'other-' || ?2 || '-' || i, 1, ?2, 0 FROM n`,
  )
    .bind(count, Date.now())
    .run();
}

async function namesKept(): Promise<number> {
  return (await env.DB.prepare("SELECT count(*) AS n FROM attempts").first<number>("n")) ?? 0;
}

test("21 work as a weapon: however many names are made up, no more than a fixed number is kept", async () => {
  await guessOthers(FULL + 500);
  await guess("made-up-name", 1);
  expect(await namesKept()).toBe(FULL);
  await guess("made-up-name", 1);
  await guess("another-made-up-name", 1);
  expect(await namesKept()).toBeLessThanOrEqual(FULL);
});

test("21 work as a weapon: a name that is guessed at goes on waiting while others are made up, existing or not", async () => {
  const { username } = await newAccount();
  for (const name of [username, "nobody-by-that-name"]) {
    await guess(name, LOCKOUT.free);
    await guessOthers(FULL - 100);
    expect((await signIn(name, "guess")).status).toBe(429);
  }
});

test("21 work as a weapon: of too many names, the one that was wrong longest ago is forgotten, existing or not", async () => {
  const { username } = await newAccount();
  for (const name of [username, "nobody-by-this-other-name"]) {
    await guess(name, LOCKOUT.free - 1);
    await guessOthers(FULL - 100);
    // Wrong once more, so it counts among the newest again.
    await guess(name, 1);
    await guessOthers(FULL - 100);
    expect((await signIn(name, "guess")).status).toBe(429);
    await guessOthers(200);
    await guess(`somebody-else-${name}`, 1);
    expect((await signIn(name, "guess")).status).toBe(401);
  }
});

test("11 guessing: five wrong passwords sent with a uuid burn that login, and nobody is told", async () => {
  const browser = new Browser();
  const { uuid } = await browser.mint();
  await browser.check(uuid);
  const answers: unknown[] = [];
  for (let i = 0; i < 5; i++) {
    expect(await browser.view(uuid)).toMatchObject({ state: "pending" });
    const body = { UUID: uuid, UserName: `nobody-${i}`, Password: "guess", Platform: "ios" };
    answers.push(await (await new Browser().post("/qrcode/verify", body)).json());
  }
  expect(new Set(answers.map((it) => JSON.stringify(it))).size).toBe(1);
  expect(answers[0]).toMatchObject({ Result: -9 });
  expect(await browser.view(uuid)).toMatchObject({ state: "expired", reason: "too_many_attempts" });
  expect((await (await newPhone()).scan(uuid)).status).toBe(410);
});
