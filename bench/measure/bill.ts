/** 8: what the platform would bill, counted from real logins and real codes, times its public prices. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Issuer } from "../lib/issuer.ts";
import { cpuMs } from "../lib/proc.ts";
import type { Scale } from "../lib/scale.ts";
import type { Findings, Table, Verdict } from "../lib/table.ts";
import { startThisProject, type Counts } from "../servers/this-project.ts";
import { scenarios, type Scenario } from "./billed.ts";
import { atOnce } from "./logins.ts";

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

const DOLLARS_PER_LOGIN_MAX = 8;
/** An object is billed as if it had this much, whatever it uses. */
const OBJECT_GB = 0.128;
/** Incoming socket messages are billed twenty to one. */
const MESSAGES_PER_REQUEST = 20;
const WARM_UPS_AT_ONCE = 8;
/** An alarm may be late by so much. */
const LATE_BY_S = 2;

// A type, not an interface: only those are rows of a table by themselves.
type Counted = {
  readonly what: string;
  readonly worker: number;
  /** Calls and messages; alarms are counted apart. */
  readonly object: number;
  readonly alarms: number;
  readonly rows: number;
  readonly rowsOf: string;
  readonly wipes: number;
  readonly objectS: number;
  readonly cpuMs: number;
};

export async function measureBill(issuer: Issuer, scale: Scale): Promise<Findings> {
  const all = scenarios(scale.bill);
  const counted = new Map(
    await Promise.all(
      Object.entries(all).map(async ([name, scenario]): Promise<[string, Counted]> => [
        name,
        await count(issuer, scenario, scale),
      ]),
    ),
  );
  const of = (name: keyof typeof all) => {
    const found = counted.get(name);
    if (!found) throw new Error(`${name} was not counted`);
    return found;
  };
  const { waitS, scanS } = scale.bill;
  const login = of("login");
  const stays = of("codeWatched");
  return {
    tables: [
      table("8. The bill of a login", "per million logins", [
        login,
        of("slowLogin"),
        of("polledLogin"),
        awake(login, waitS),
      ]),
      table("8b. The bill of a code that nobody scans", "per million codes", [
        stays,
        of("codeLeft"),
        of("codePolled"),
        of("codeUnheard"),
        awake(stays, scanS),
      ]),
    ],
    verdicts: [
      ...loginVerdicts(login, of("slowLogin")),
      ...codeVerdicts(stays, of("codePolled"), of("codeUnheard")),
    ],
  };

  function table(title: string, per: string, rows: readonly Counted[]): Table {
    const [first] = rows;
    const base = first ? priceOf(first) : Number.NaN;
    return {
      title,
      columns: {
        what: "what",
        "÷ first row": "ratio",
        [`$ ${per}`]: "dollars",
        "Worker requests": "worker",
        "object requests": "object",
        alarms: "alarms",
        "rows written": "rows",
        "rows are": "rowsOf",
        "deleteAll()": "wipes",
        "object seconds": "objectS",
        "CPU ms": "cpuMs",
      },
      rows: rows.map((row) =>
        Object.assign(row, { dollars: priceOf(row), ratio: priceOf(row) / base }),
      ),
      notes: [
        `Counted from ${scale.bill.each} of each on disk storage, from the page that is loaded to the wiped object. A code can be scanned for ${scanS} s${scale.name === "full" ? ", as deployed" : ""}.`,
        `Dollars beyond the included quota, list prices read on ${PRICE.readOn}: ${PRICE.sources.join(" and ")}. An alarm is billed as a request, setAlarm as a row.`,
        `How deleteAll() is billed is not documented. Were it one row for each that it removes, that would be at most $${2 * PRICE.rowsWritten} more for each object that is wiped: the alarm and the login.`,
        "CPU is that of the whole local server, drawing the page included: an upper bound. The last row has the same counts, but its object is billed for as long as the browser waits.",
      ],
    };
  }
}

/** The same counts, were the object billed for as long as its socket is open. */
function awake(asleep: Counted, forS: number): Counted {
  const what = `${asleep.what}, did sockets not hibernate`;
  return { ...asleep, what, objectS: asleep.objectS + forS };
}

function loginVerdicts(quick: Counted, slow: Counted): Verdict[] {
  const dollars = priceOf(quick);
  return [
    {
      promise:
        "A login over before its first alarm: at most 5 Worker requests, 5 object requests, 5 rows",
      found: told(quick),
      holds: quick.worker <= 5 && quick.object <= 5 && quick.rows <= 5,
    },
    {
      promise: "The slowest login: at most 7 rows",
      found: told(slow),
      holds: slow.rows <= 7,
    },
    {
      promise: `A login: below $${DOLLARS_PER_LOGIN_MAX} per million`,
      found: `$${dollars.toFixed(2)}`,
      holds: dollars < DOLLARS_PER_LOGIN_MAX,
    },
  ];
}

function codeVerdicts(watched: Counted, polled: Counted, unheard: Counted): Verdict[] {
  return [
    {
      promise:
        "A code that nobody scans, its page listening: at most 1 object request, 1 alarm, 1 row",
      found: told(watched),
      holds: watched.object <= 1 && watched.alarms <= 1 && watched.rows <= 1,
    },
    {
      promise: "A code that nobody scans, its page polling: at most 2 rows",
      found: told(polled),
      holds: polled.rows <= 2,
    },
    {
      promise: "A code whose page never listens: no object, no row",
      found: told(unheard),
      holds: unheard.object === 0 && unheard.rows === 0 && unheard.alarms === 0,
    },
  ];
}

function told({ worker, object, alarms, rows }: Counted): string {
  const parts = { "Worker requests": worker, "object requests": object, alarms, rows };
  return Object.entries(parts)
    .map(([what, n]) => `${Number(n.toFixed(2))} ${what}`)
    .join(", ");
}

async function count(
  issuer: Issuer,
  { what, vars, pollEveryS, lastsS, run }: Scenario,
  { bill }: Scale,
): Promise<Counted> {
  const party = await startThisProject(issuer, {
    name: what,
    storage: "disk",
    counting: true,
    loadsPage: true,
    vars,
    ...(pollEveryS !== undefined && { pollEveryS }),
  });
  try {
    // Code that is not compiled yet would cost ten times the CPU.
    await atOnce(party, bill.warmUps, WARM_UPS_AT_ONCE);
    // And what the warming up left behind must be gone, or it would be counted.
    if (bill.warmUps > 0) await sleep((bill.scanS + LATE_BY_S) * 1000);
    const before = await party.counts();
    const cpuBefore = cpuMs(party.pids());
    const overAt = performance.now() + (lastsS + LATE_BY_S) * 1000;
    await Promise.all(Array.from({ length: bill.each }, () => run(party)));
    await sleep(Math.max(0, overAt - performance.now()));
    const after = await party.counts();
    const each = (of: (counts: Counts) => number) => (of(after) - of(before)) / bill.each;
    return {
      what,
      worker: each((counts) => counts.worker),
      object: each((counts) => sum(counts.calls) + counts.messages / MESSAGES_PER_REQUEST),
      alarms: each((counts) => counts.alarms),
      rows: each((counts) => sum(counts.rows)),
      rowsOf:
        Object.keys(after.rows)
          .map((why) => `${each((counts) => counts.rows[why] ?? 0)} ${why}`)
          .filter((row) => !row.startsWith("0 "))
          .join(", ") || "none",
      wipes: each((counts) => counts.wipes),
      objectS: each((counts) => counts.objectMs) / 1000,
      cpuMs: (cpuMs(party.pids()) - cpuBefore) / bill.each,
    };
  } finally {
    await party.stop();
  }
}

const sum = (of: Readonly<Record<string, number>>) => Object.values(of).reduce((a, b) => a + b, 0);

/** Dollars per million. */
function priceOf(counted: Counted): number {
  return (
    counted.worker * PRICE.workerRequests +
    counted.cpuMs * PRICE.workerCpuMs +
    (counted.object + counted.alarms) * PRICE.objectRequests +
    counted.objectS * OBJECT_GB * PRICE.objectGbS +
    counted.rows * PRICE.rowsWritten
  );
}
