/** 4: browsers that wait, and nobody scans. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Login, Party } from "../lib/party.ts";
import { Person } from "../lib/person.ts";
import { cpuMs, memoryKib } from "../lib/proc.ts";
import type { Scale } from "../lib/scale.ts";
import type { Findings } from "../lib/table.ts";
import { ASLEEP_AFTER_MS } from "../lib/workerd.ts";
import { PING_AFTER_MS, type Counts } from "../servers/this-project.ts";

const OPEN_AT_ONCE = 32;
/** No faster: until it hibernates an object holds several files open, of which a process may not have many. */
const OPEN_PER_S = 250;

/** What the promises are about; everybody else is there to be seen beside them. */
type Role = "subject" | "ticking";

export interface Waiter {
  readonly start: () => Promise<Party & { counts?(): Promise<Counts> }>;
  readonly role?: Role;
}

// A type, not an interface: only those are rows of a table by themselves.
type Watched = {
  readonly role: Role | undefined;
  readonly party: string;
  readonly durability: string;
  readonly browsers: number;
  readonly cpuPerMin: number;
  readonly kibEach: number;
  readonly told: number;
  readonly pongs: number;
  readonly wakeUps: number | undefined;
};

/** @param groups those of one group are watched at the same time */
export async function measureWaiting(
  groups: readonly (readonly Waiter[])[],
  scale: Scale,
): Promise<Findings> {
  const watched: Watched[] = [];
  // With servers that start fresh: memory is not given back to be measured twice.
  for (const browsers of scale.waiting.browsers) {
    for (const group of groups) {
      const alone = async ({ start, role }: Waiter) => {
        const party = await start();
        try {
          return await watch(party, role, browsers, scale);
        } finally {
          await party.stop();
        }
      };
      watched.push(...(await Promise.all(group.map(alone))));
    }
  }

  const at = (role: Role, browsers: number) =>
    watched.find((row) => row.role === role && row.browsers === browsers);
  const rows = watched.map((row) =>
    Object.assign(row, {
      ratio: row.cpuPerMin / (at("subject", row.browsers)?.cpuPerMin ?? Number.NaN),
    }),
  );
  const most = Math.max(...scale.waiting.browsers);
  const subject = at("subject", most);
  const ticking = at("ticking", most);
  const ahead = ticking && subject ? ticking.cpuPerMin / subject.cpuPerMin : 0;
  const isSilent = watched.every(
    ({ role, told, wakeUps: woken }) => role !== "subject" || (told === 0 && woken === 0),
  );
  return {
    tables: [
      {
        title: `4. Waiting for ${scale.waiting.watchS} s`,
        columns: {
          party: "party",
          browsers: "browsers",
          "CPU ÷ scan-login": "ratio",
          "CPU ms per minute": "cpuPerMin",
          "KiB each": "kibEach",
          "messages or answers": "told",
          pongs: "pongs",
          "object wake-ups": "wakeUps",
          durability: "durability",
        },
        rows,
        notes: [
          "Counted from fourteen seconds after the last browser came, when idle objects hibernate. Memory is the growth of the server's processes over their start, divided by the browsers.",
          `scan-login's browsers ask once, after ${PING_AFTER_MS / 1000} s, whether the line still holds, as its page does; the platform answers (pong) and wakes nobody. It does so once a code, and the column says how many of them did within the time watched. The home-made ones never do.`,
        ],
      },
    ],
    verdicts: [
      {
        promise: `No message and no object wake-up in ${scale.waiting.watchS} s of waiting`,
        found: isSilent
          ? "none (the page's own pings are answered without waking)"
          : "some, see table 4",
        holds: isSilent,
      },
      {
        promise: "Waiting: CPU at least 20× below the per-second push peer",
        found: ticking
          ? `${ahead.toFixed(1)}× at ${most} browsers`
          : "not measured: redis-server is not installed",
        holds: ahead >= 20,
      },
    ],
  };
}

async function watch(
  party: Party & { counts?(): Promise<Counts> },
  role: Role | undefined,
  browsers: number,
  { name, waiting: { watchS } }: Scale,
): Promise<Watched> {
  const fresh = memoryKib(party.pids());
  const logins: Login[] = [];
  const people: Person[] = [];
  const began = performance.now();
  let begun = 0;
  await Promise.all(
    Array.from({ length: OPEN_AT_ONCE }, async () => {
      // One connection mints for many; each browser's socket is its own.
      const phone = new Person(party.origin);
      while (begun++ < browsers) {
        await sleep(Math.max(0, began + (begun / OPEN_PER_S) * 1000 - performance.now()));
        const browser = new Person(party.origin);
        people.push(browser);
        logins.push(await party.begin(browser, phone));
        if (party.hears === "push") browser.leave();
      }
    }),
  );
  await sleep(name === "full" ? ASLEEP_AFTER_MS : 500);

  const told = () => logins.reduce((sum, login) => sum + login.told(), 0);
  const pongs = () => logins.reduce((sum, login) => sum + (login.pongs?.() ?? 0), 0);
  const before = {
    cpu: cpuMs(party.pids()),
    told: told(),
    pongs: pongs(),
    wakeUps: wakeUps(await party.counts?.()),
  };
  await sleep(watchS * 1000);
  const cpu = cpuMs(party.pids()) - before.cpu;
  const result = {
    role,
    party: party.name,
    durability: party.durability,
    browsers,
    cpuPerMin: (cpu / watchS) * 60,
    kibEach: (memoryKib(party.pids()) - fresh) / browsers,
    told: told() - before.told,
    pongs: pongs() - before.pongs,
    wakeUps:
      before.wakeUps === undefined
        ? undefined
        : (wakeUps(await party.counts?.()) ?? 0) - before.wakeUps,
  };
  for (const login of logins) login.close();
  for (const person of people) person.leave();
  return result;
}

/** Every time an object had to do anything: be built again, answer, hear a message, or ring. */
function wakeUps(counts: Counts | undefined): number | undefined {
  if (!counts) return undefined;
  const calls = Object.values(counts.calls).reduce((sum, n) => sum + n, 0);
  return counts.woken + calls + counts.messages + counts.closes + counts.alarms;
}
