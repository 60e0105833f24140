/** Runs logins against parties and notes what each took; used by the measurements of speed and of load. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Party } from "../lib/party.ts";
import { Person } from "../lib/person.ts";
import { shuffled } from "../lib/stats.ts";

/** Between two taps, so that nothing of the one is still under way at the other. */
const BREATH_MS = 2;

export interface Sample {
  /** Phone's tap → browser hears of it; NaN where the browser is never told of a scan. */
  readonly scanMs: number;
  readonly confirmMs: number;
  /** Confirm → the browser holds what keeps it signed in. */
  readonly sessionMs: number;
  readonly requests: number;
  readonly bytes: number;
}

/** A browser and a phone whose connections are warm, as those of people are who came to the page first. */
export class Pair {
  readonly browser: Person;
  readonly phone: Person;
  constructor({ origin }: Party) {
    this.browser = new Person(origin);
    this.phone = new Person(origin);
  }
  leave(): void {
    this.browser.leave();
    this.phone.leave();
  }
}

/** @param pauseMs how long the person takes before each of the two taps */
export async function oneLogin(party: Party, pair: Pair, pauseMs: () => number): Promise<Sample> {
  const { browser, phone } = pair;
  browser.forget();
  phone.forget();
  const pause = async () => {
    const ms = pauseMs();
    if (ms > 0) await sleep(ms);
  };
  const login = await party.begin(browser, phone);
  try {
    await pause();
    const scannedAt = performance.now();
    await login.scan();
    const scanMs = party.tells.includes("scanned")
      ? (await login.heard("scanned")) - scannedAt
      : Number.NaN;
    await pause();
    const confirmedAt = performance.now();
    const [heardAt] = await Promise.all([login.heard("confirmed"), login.confirm()]);
    await login.redeem();
    return {
      scanMs,
      confirmMs: heardAt - confirmedAt,
      sessionMs: performance.now() - confirmedAt,
      requests: browser.requests + phone.requests,
      bytes: browser.bytes + phone.bytes,
    };
  } finally {
    login.close();
  }
}

/** One login at a time, the parties taking turns in an order that changes every round. */
export async function takingTurns(
  parties: readonly Party[],
  rounds: number,
  warmUps: number,
): Promise<Map<Party, Sample[]>> {
  const samples = new Map<Party, Sample[]>(parties.map((party) => [party, []]));
  const pairs = new Map(parties.map((party) => [party, new Pair(party)]));
  for (let round = -warmUps; round < rounds; round++) {
    for (const [party, pair] of shuffled([...pairs])) {
      const sample = await oneLogin(party, pair, () => BREATH_MS);
      if (round >= 0) samples.get(party)?.push(sample);
    }
  }
  for (const pair of pairs.values()) pair.leave();
  return samples;
}

/** Many logins side by side, begun and tapped at moments spread over the polling interval. */
export async function spreadOver(party: Party, logins: number): Promise<Sample[]> {
  const intervalMs = party.hears === "push" ? 1000 : party.hears.everyS * 1000;
  const anyMoment = () => Math.random() * intervalMs;
  return Promise.all(
    Array.from({ length: logins }, async () => {
      const pair = new Pair(party);
      await sleep(anyMoment());
      const sample = await oneLogin(party, pair, anyMoment);
      pair.leave();
      return sample;
    }),
  );
}

/** So many logins, so many of them at once. @returns seconds it took */
export async function atOnce(party: Party, logins: number, concurrency: number): Promise<number> {
  let left = logins;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      const pair = new Pair(party);
      while (left-- > 0) await oneLogin(party, pair, () => 0);
      pair.leave();
    }),
  );
  return (performance.now() - began) / 1000;
}
