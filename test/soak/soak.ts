/**
 * Many logins wait at once, and each is scanned at a random moment: every scan must reach its own
 * browser and none other, and nothing may be left when all is over. See README.md.
 *
 *   node test/soak/soak.ts [--logins 2000] [--seconds 180]
 */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Issuer } from "../support/issuer.ts";
import { addressOf, HttpTab } from "../support/faults/http-tab.ts";
import { heldBy } from "./process.ts";
import { storedIn } from "./storage.ts";
import { serve } from "./workerd.ts";

const { values } = parseArgs({
  options: { logins: { type: "string" }, seconds: { type: "string" } },
});
const LOGINS = Number(values.logins ?? 2000);
const SECONDS = Number(values.seconds ?? 180);
/** Steps after the scan that nobody takes here; short, so that the end comes soon. */
const CONFIRM_WITHIN_S = 5;
const REDEEM_WITHIN_S = 5;
/** What opening all of them may take, on the slowest of machines. */
const OPENING_S = Math.ceil(10 + LOGINS / 40);
/** Idle objects are put away after ten seconds; memory is read after that. */
const HIBERNATES_AFTER_S = 12;
const AT_ONCE = 16;
const WIPED_WITHIN_S = 60;

if (!(LOGINS >= 1 && SECONDS >= 1 && SECONDS + OPENING_S <= 600)) {
  throw new Error("logins and seconds must be positive, and a login can wait for 600 s at most");
}

const issuer = await Issuer.start();
const server = await serve({
  SECRET: randomBytes(32).toString("base64url"),
  ...issuer.vars,
  SCAN_WITHIN_S: String(SECONDS + OPENING_S),
  CONFIRM_WITHIN_S: String(CONFIRM_WITHIN_S),
  REDEEM_WITHIN_S: String(REDEEM_WITHIN_S),
});
const failures: string[] = [];

try {
  const tabs = Array.from({ length: LOGINS }, (_, i) => new HttpTab(server.origin, addressOf(i)));
  await warmUp();
  const before = heldBy(server.pid);
  const openedFrom = performance.now();
  await forAll(tabs, async (tab) => {
    await tab.load();
    await tab.listen();
  });
  say("logins waiting", LOGINS);
  say("opened in", `${seconds(performance.now() - openedFrom)} s`);

  const pushes = await scanAllAtRandom(tabs, SECONDS * 1000, async () => {
    const waiting = heldBy(server.pid);
    const each = (waiting.memoryKib - before.memoryKib) / LOGINS;
    say("memory per waiting login", `${each.toFixed(1)} KiB`);
    say("handles before, while waiting", `${before.handles}, ${waiting.handles}`);
  });
  judge(tabs, pushes);
  const overdueMs = await untilWiped(tabs);
  say("last wiped after its time", overdueMs === undefined ? "never" : `${seconds(overdueMs)} s`);
  for (const tab of tabs) tab.close();
  await sleep(HIBERNATES_AFTER_S * 1000);
  const after = heldBy(server.pid);
  say("handles at the end", after.handles);
  say("memory before, at the end", `${before.memoryKib} KiB, ${after.memoryKib} KiB`);
} finally {
  await server.stop();
  await issuer.stop();
}
const { objects, notEmpty, alarms } = storedIn(server.storage);
say("objects that store anything", `${notEmpty.length} of ${objects}`);
say("alarms still set", alarms);
if (notEmpty.length + alarms > 0) failures.push(`still stored: ${notEmpty.join(", ")}`);
server.remove();
for (const failure of failures) console.error(`FAILED: ${failure}`);
process.exitCode = failures.length > 0 ? 1 : 0;

/** One login from mint to scan, so that what is loaded once is not counted as a login's. */
async function warmUp(): Promise<void> {
  const tab = new HttpTab(server.origin, addressOf(0));
  await tab.load();
  await tab.listen();
  await scan(tab.uuid, "warm-up");
  tab.close();
}

interface Push {
  /** From the scan's answer to the push, milliseconds; below zero if the push came first. */
  readonly afterMs: number;
}

/** @param whileWaiting once the objects hibernate, if there is time enough */
async function scanAllAtRandom(
  tabs: readonly HttpTab[],
  withinMs: number,
  whileWaiting: () => Promise<void>,
): Promise<Push[]> {
  const from = performance.now();
  // While memory is read, all of them wait.
  const quietMs = Math.min(HIBERNATES_AFTER_S * 1000, withinMs / 2);
  const pushes: Push[] = [];
  const scans = tabs.map(async (tab, i) => {
    await sleep(quietMs + Math.random() * (withinMs - quietMs));
    const heard = new Promise<number>((resolve) => {
      tab.onView = () => resolve(performance.now());
    });
    const answeredAt = await scan(tab.uuid, nameOf(i));
    pushes.push({ afterMs: (await Promise.race([heard, late(heard)])) - answeredAt });
  });
  await sleep(Math.max(0, quietMs - 500));
  await whileWaiting();
  await Promise.all(scans);
  say("scanned over", `${seconds(performance.now() - from)} s`);
  return pushes;
}

/** A push that never comes must not keep the soak from ending. */
async function late(heard: Promise<number>): Promise<number> {
  return Promise.race([heard, sleep(10_000).then(() => Number.NaN)]);
}

/** Every browser has heard of its own scan, once, and of nobody else's. */
function judge(tabs: readonly HttpTab[], pushes: readonly Push[]): void {
  let lost = 0;
  let stray = 0;
  let closed = 0;
  for (const [i, { heard, reconnects }] of tabs.entries()) {
    const scans = heard.filter(({ state }) => state === "scanned");
    if (scans.length !== 1) lost++;
    if (scans.some(({ user }) => user?.name !== nameOf(i))) stray++;
    if (reconnects > 0) closed++;
  }
  const times = pushes.map(({ afterMs }) => afterMs).sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor((times.length - 1) * share)]?.toFixed(1) ?? "none";
  say("scans that reached their browser", `${LOGINS - lost} of ${LOGINS}`);
  say("scans that reached another", stray);
  say("push after the phone's answer", `median ${at(0.5)} ms, p99 ${at(0.99)} ms`);
  if (lost > 0) failures.push(`${lost} scans did not reach their browser`);
  if (stray > 0) failures.push(`${stray} scans reached another browser`);
  if (closed > 0) failures.push(`${closed} sockets were closed while their login went on`);
}

/**
 * The alarm rings once nothing can be going on with a login any more; it tells its browser, too.
 * @returns how long after the last login's time everybody had been told, in milliseconds
 */
async function untilWiped(tabs: readonly HttpTab[]): Promise<number | undefined> {
  const lastMintS = Math.max(...tabs.map(({ uuid }) => Number.parseInt(uuid.slice(0, 8), 16)));
  const afterS = SECONDS + OPENING_S + 2 * CONFIRM_WITHIN_S + REDEEM_WITHIN_S;
  const dueAt = (lastMintS + afterS) * 1000;
  while (Date.now() < dueAt + WIPED_WITHIN_S * 1000) {
    if (tabs.every(({ heard }) => heard.at(-1)?.state === "expired")) {
      return Math.max(0, Date.now() - dueAt);
    }
    await sleep(500);
  }
  const told = tabs.filter(({ heard }) => heard.at(-1)?.state === "expired").length;
  failures.push(`only ${told} of ${LOGINS} browsers were told the end`);
  return undefined;
}

/** @returns when it was answered */
async function scan(uuid: string, name: string): Promise<number> {
  const token = await issuer.token({ sub: name, name });
  const response = await fetch(`${server.origin}/qrcode/scan?uuid=${uuid}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}` },
  });
  const answeredAt = performance.now();
  if (response.status !== 200) failures.push(`a scan was answered ${await response.text()}`);
  else await response.arrayBuffer();
  return answeredAt;
}

function nameOf(index: number): string {
  return `Person ${index}`;
}

async function forAll<T>(list: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const rest = [...list];
  const worker = async () => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) await act(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

function say(what: string, value: string | number): void {
  console.log(`${what.padEnd(36)} ${value}`);
}
