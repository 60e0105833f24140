/** 8: what the platform would bill, counted from real logins, times its public prices. */
import { setTimeout as sleep } from "node:timers/promises";
import { cpuMs } from "../lib/proc.ts";
import type { Scale } from "../lib/scale.ts";
import type { Findings } from "../lib/table.ts";
import type { Counts, ThisProject } from "../servers/this-project.ts";
import { atOnce, oneLogin, Pair } from "./logins.ts";

/**
 * Workers Paid, beyond what is included, in dollars per million; read on 2026-11-21 at
 * https://developers.cloudflare.com/workers/platform/pricing/ and
 * https://developers.cloudflare.com/durable-objects/platform/pricing/
 */
const PRICE = {
  readOn: "2026-11-21",
  sources: [
    "https://developers.cloudflare.com/workers/platform/pricing/",
    "https://developers.cloudflare.com/durable-objects/platform/pricing/",
  ],
  workerRequests: 0.3,
  workerCpuMs: 0.02,
  objectRequests: 0.15,
  objectGbS: 12.5,
  rowsWritten: 1,
} as const;

const DOLLARS_MAX = 8;
/** An object is billed as if it had this much, whatever it uses. */
const OBJECT_GB = 0.128;
/** Incoming socket messages are billed twenty to one. */
const MESSAGES_PER_REQUEST = 20;
/** Deadlines for these runs: short, so that the alarm, which rings after all of them, is counted. */
const withinS = (waitS: number) => ({ scan: waitS + 5, confirm: waitS + 5, redeem: 5 });
const LATE_BY_S = 2;

export function billedVars({ bill: { waitS } }: Scale) {
  const { scan, confirm, redeem } = withinS(waitS);
  return {
    SCAN_WITHIN_S: String(scan),
    CONFIRM_WITHIN_S: String(confirm),
    REDEEM_WITHIN_S: String(redeem),
  };
}

function alarmsAfterS(waitS: number): number {
  const { scan, confirm, redeem } = withinS(waitS);
  return scan + 2 * confirm + redeem + LATE_BY_S;
}

const WARM_UPS_AT_ONCE = 8;

// A type, not an interface: only those are rows of a table by themselves.
type Counted = {
  readonly design: string;
  readonly worker: number;
  readonly object: number;
  readonly alarms: number;
  readonly rows: number;
  readonly wipes: number;
  readonly objectS: number;
  readonly cpuMs: number;
};

export async function measureBill(
  pushed: ThisProject,
  polled: ThisProject,
  { bill }: Scale,
): Promise<Findings> {
  const { logins, waitS } = bill;
  const [push, poll] = await Promise.all([
    count(pushed, "scan-login", bill),
    count(polled, "one-second polling", bill),
  ]);
  const awake = { ...push, design: "sockets that do not hibernate", objectS: push.objectS + waitS };
  const own = priceOf(push);
  const withinBudget =
    push.worker <= 5 && push.object - push.alarms <= 4 && push.rows <= 5 && own < DOLLARS_MAX;
  return {
    tables: [
      {
        title: "8. The bill, per login and per million logins",
        columns: {
          design: "design",
          "÷ scan-login": "ratio",
          "$ per million logins": "dollars",
          "Worker requests": "worker",
          "object requests": "object",
          "of them alarms": "alarms",
          "rows written": "rows",
          "object seconds": "objectS",
          "CPU ms": "cpuMs",
        },
        rows: [push, poll, awake].map((counted) =>
          Object.assign(counted, { dollars: priceOf(counted), ratio: priceOf(counted) / own }),
        ),
        notes: [
          `Counted from ${logins} logins per design on disk storage, in each of which the person took ${waitS} s from code to session.`,
          `Dollars beyond the included quota, list prices read on ${PRICE.readOn}: ${PRICE.sources.join(" and ")}.`,
          `Rows include one per setAlarm. How deleteAll() is billed is not documented: ${push.wipes} per login; were it billed as one row for each of the two rows it removes, that would be $${2 * push.wipes * PRICE.rowsWritten} more for each design.`,
          "CPU is that of the whole local server, an upper bound. Sockets that do not hibernate: the same counts, but the object is billed for as long as the browser waits.",
        ],
      },
    ],
    verdicts: [
      {
        promise:
          "At most 5 Worker requests, 4 object requests and 5 rows per login; below $8 per million logins",
        found: `${push.worker} Worker requests, ${push.object - push.alarms} object requests and ${push.alarms} alarm, ${push.rows} rows; $${own.toFixed(2)}`,
        holds: withinBudget,
      },
    ],
  };
}

async function count(
  party: ThisProject,
  design: string,
  { logins, waitS, warmUps, waitsForAlarms }: Scale["bill"],
): Promise<Counted> {
  // Code that is not compiled yet would cost ten times the CPU; what this leaves behind must be gone, too.
  await atOnce(party, warmUps, WARM_UPS_AT_ONCE);
  if (waitsForAlarms) await sleep(alarmsAfterS(waitS) * 1000);
  const before = await party.counts();
  const cpuBefore = cpuMs(party.pids());
  const halfMs = (waitS * 1000) / 2;
  await Promise.all(
    Array.from({ length: logins }, async () => {
      const pair = new Pair(party);
      await oneLogin(party, pair, () => halfMs);
      pair.leave();
    }),
  );
  if (waitsForAlarms) await sleep(alarmsAfterS(waitS) * 1000);
  const after = await party.counts();
  const each = (of: (counts: Counts) => number) => (of(after) - of(before)) / logins;
  const alarms = each((counts) => counts.alarms);
  return {
    design,
    worker: each((counts) => counts.worker),
    object: each((counts) => sum(counts.calls) + counts.messages / MESSAGES_PER_REQUEST) + alarms,
    alarms,
    rows: each((counts) => sum(counts.rows)),
    wipes: each((counts) => counts.wipes),
    objectS: each((counts) => counts.objectMs) / 1000,
    cpuMs: (cpuMs(party.pids()) - cpuBefore) / logins,
  };
}

const sum = (of: Readonly<Record<string, number>>) => Object.values(of).reduce((a, b) => a + b, 0);

/** Dollars per million logins. */
function priceOf(counted: Counted): number {
  return (
    counted.worker * PRICE.workerRequests +
    counted.cpuMs * PRICE.workerCpuMs +
    counted.object * PRICE.objectRequests +
    counted.objectS * OBJECT_GB * PRICE.objectGbS +
    counted.rows * PRICE.rowsWritten
  );
}
