/**
 * 200 addresses guess passwords without pause; a bystander asks for codes, and somebody signs in
 * rightly. The bystander's median must stay within five times its idle one, and the right password
 * must be let in. As a control the same addresses ask for nothing. About a minute in all. See
 * README.md.
 *
 *   npx node test/soak/bystander.ts [--addresses 200] [--seconds 20]
 */
import { cpus } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { Server } from "../support/server.ts";
import { addressOf } from "../support/faults/http-tab.ts";
import type { Answered, Guessing } from "./guessers.ts";

const { values } = parseArgs({
  options: { addresses: { type: "string" }, seconds: { type: "string" } },
});
const ADDRESSES = Number(values.addresses ?? 200);
const SECONDS = Number(values.seconds ?? 20);
const TIMES_IDLE_MAX = 5;
const EVERY_MS = 100;
const IDLE_MS = 5000;
const CONTROL_MS = 5000;
/** The first guesses of so many are under way by then. */
const LEAD_MS = 1000;
/** A code that takes longer is not waited for, and counted as this. */
const PATIENCE_MS = 10_000;

if (!(ADDRESSES >= 1 && SECONDS >= 1 && SECONDS <= 40)) {
  throw new Error("at least one address, and from 1 to 40 seconds");
}

const server = await Server.start();
try {
  await watch(2000);
  const load = processorLoad();
  const idle = await watch(IDLE_MS);
  say("a code, idle: median, p90, worst", threeOf(idle));
  say("processors busy meanwhile", load());

  const guessing = guess("passwords", (SECONDS + 1) * 1000);
  await sleep(LEAD_MS);
  const [busy, signIns, answered] = await Promise.all([
    watch(SECONDS * 1000),
    signInRightly(SECONDS * 1000),
    guessing,
  ]);
  const ratio = at(busy, 0.5) / at(idle, 0.5);
  say("guesses answered", JSON.stringify(answered));
  say("a code, while they guess", threeOf(busy));
  say("ratio of the medians", ratio.toFixed(1));
  say("right passwords answered", JSON.stringify(signIns));

  const asking = guess("nothing", CONTROL_MS + LEAD_MS);
  await sleep(LEAD_MS);
  const [control, refused] = await Promise.all([watch(CONTROL_MS), asking]);
  say("control: requests answered", JSON.stringify(refused));
  say("a code, while they ask for nothing", threeOf(control));
  if (!(ratio <= TIMES_IDLE_MAX)) fail(`the bystander waits ${ratio.toFixed(1)} times as long`);
  if (!signIns.includes(200)) fail("nobody with the right password was let in");
} finally {
  await server.remove();
}

/** Asks for a code every so often, whether or not the one before has come. @returns milliseconds */
async function watch(forMs: number): Promise<number[]> {
  const asked: Promise<number>[] = [];
  for (const until = performance.now() + forMs; performance.now() < until;) {
    asked.push(timeOfOneCode(addressOf(asked.length)));
    await sleep(EVERY_MS);
  }
  return Promise.all(asked);
}

async function timeOfOneCode(address: string): Promise<number> {
  const from = performance.now();
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const headers = { "CF-Connecting-IP": address };
    const response = await fetch(`${server.origin}/qrcode/get`, { headers, signal });
    await response.arrayBuffer();
    if (response.status !== 200) fail(`a code was answered ${response.status}`);
    return performance.now() - from;
  } catch {
    return PATIENCE_MS;
  }
}

/** Somebody of an address from which no one guesses; comes again when told. @returns statuses */
async function signInRightly(forMs: number): Promise<number[]> {
  const statuses: number[] = [];
  for (const until = performance.now() + forMs; performance.now() < until;) {
    const response = await fetch(`${server.origin}/account/token`, {
      method: "POST",
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: { "Content-Type": "application/json", "CF-Connecting-IP": "203.0.113.7" },
      body: JSON.stringify({ username: "ada", password: "ada-demo" }),
    });
    await response.arrayBuffer();
    statuses.push(response.status);
    await sleep(1000 * Number(response.headers.get("Retry-After") ?? 1));
  }
  return statuses;
}

function guess(what: Guessing["what"], forMs: number): Promise<Answered> {
  const workerData: Guessing = { origin: server.origin, addresses: ADDRESSES, forMs, what };
  const thread = new Worker(join(import.meta.dirname, "guessers.ts"), { workerData });
  return new Promise((resolve, reject) => {
    thread.once("message", resolve);
    thread.once("error", reject);
  });
}

/** Of the whole machine. @returns the share since the call, which anything else here adds to */
function processorLoad(): () => string {
  const before = processorTimes();
  return () => {
    const { idle, all } = processorTimes();
    return `${Math.round(100 * (1 - (idle - before.idle) / (all - before.all)))} %`;
  };
}

function processorTimes(): { readonly idle: number; readonly all: number } {
  let idle = 0;
  let all = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { idle, all };
}

function at(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
}

function threeOf(times: readonly number[]): string {
  return `${[0.5, 0.9, 1].map((share) => at(times, share).toFixed(1)).join(", ")} ms`;
}

function say(what: string, value: string | number): void {
  console.log(`${what.padEnd(36)} ${value}`);
}

function fail(sentence: string): void {
  console.error(`FAILED: ${sentence}`);
  process.exitCode = 1;
}
