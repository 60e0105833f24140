/** 4: browsers that wait, and nobody scans. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Login, Party } from "../lib/party.ts";
import { Person } from "../lib/person.ts";
import { cpuMs, memoryKib } from "../lib/proc.ts";
import type { Scale } from "../lib/scale.ts";
import { median } from "../lib/stats.ts";
import type { Findings } from "../lib/table.ts";
import { ASLEEP_AFTER_MS } from "../lib/workerd.ts";
import type { Counts } from "../servers/this-project.ts";

const OPEN_AT_ONCE = 32;
/** No faster: until it hibernates an object holds several files open, of which a process may not have many. */
const OPEN_PER_S = 250;

/** How long a code can be scanned, in which its page asks once whether the line still holds (`public/client/watch.js`). */
const CODE_LIVES_S = 120;
const PING_EVERY_MS = 20;
/** So little in a slice is as good as nothing. */
const QUIET_MS = 3;
const ALIKE_WITHIN = 0.15;

/** Less than can be told from nothing. */
const TINY_MS = 0.1;

type Waiting = Party & { counts?(): Promise<Counts> };

/** What the promises are about; everybody else is there to be seen beside them. */
type Role = "subject" | "ticking";

export interface Waiter {
  readonly start: () => Promise<Waiting>;
  readonly role?: Role;
}

// A type, not an interface: only those are rows of a table by themselves.
type Watched = {
  readonly role: Role | undefined;
  readonly party: string;
  readonly durability: string;
  readonly browsers: number;
  readonly cpuPerMin: number;
  readonly alonePerMin: number;
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
      ratio: row.cpuPerMin / Math.max(at("subject", row.browsers)?.cpuPerMin ?? 0, TINY_MS),
      usEach: usEach(row, scale),
    }),
  );
  const most = Math.max(...scale.waiting.browsers);
  const subject = at("subject", most);
  const ticking = at("ticking", most);
  const ahead = ticking && subject ? ticking.cpuPerMin / Math.max(subject.cpuPerMin, TINY_MS) : 0;
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
          "with nobody there": "alonePerMin",
          "µs per message or pong": "usEach",
          "KiB each": "kibEach",
          "messages or answers": "told",
          pongs: "pongs",
          "object wake-ups": "wakeUps",
          durability: "durability",
        },
        rows,
        notes: [
          `CPU is the median of slices of ${scale.waiting.sliceS} s, from when it is steady, less what the same server takes with nobody there. Memory is the growth of the server's processes over their start, divided by the browsers.`,
          `scan-login's browsers ask once a code, which lives for ${CODE_LIVES_S} s, whether the line still holds, as its page does; here they take turns. The platform answers (pong) and wakes nobody. The home-made ones never ask.`,
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
          ? `${Math.round(ahead)}× at ${most} browsers`
          : "not measured: redis-server is not installed",
        holds: ahead >= 20,
      },
    ],
  };
}

/** The browsers of one party. */
class People {
  readonly #party: Waiting;
  readonly #logins: Login[] = [];
  readonly #browsers: Person[] = [];

  constructor(party: Waiting) {
    this.#party = party;
  }

  async come(browsers: number): Promise<void> {
    const began = performance.now();
    let begun = 0;
    const comeInTurn = async () => {
      // One connection mints for many; each browser's socket is its own.
      const phone = new Person(this.#party.origin);
      while (begun++ < browsers) {
        await sleep(Math.max(0, began + (begun / OPEN_PER_S) * 1000 - performance.now()));
        const browser = new Person(this.#party.origin);
        this.#browsers.push(browser);
        this.#logins.push(await this.#party.begin(browser, phone));
        if (this.#party.hears === "push") browser.leave();
      }
    };
    await Promise.all(Array.from({ length: OPEN_AT_ONCE }, comeInTurn));
  }

  /**
   * Those whose page does so ask whether their line holds: as often as pages do, each once a code,
   * but evenly, so that any second of watching is like any other. @returns what ends it
   */
  ping(forS: number): () => void {
    const pings = Math.ceil((this.#logins.length * forS) / CODE_LIVES_S);
    const began = performance.now();
    let sent = 0;
    const timer = setInterval(() => {
      const due = Math.min(pings, ((performance.now() - began) / 1000 / forS) * pings);
      for (; sent < due; sent++) this.#logins[sent]?.ping?.();
    }, PING_EVERY_MS);
    return () => clearInterval(timer);
  }

  async counted() {
    return {
      told: this.#logins.reduce((sum, login) => sum + login.told(), 0),
      pongs: this.#logins.reduce((sum, login) => sum + (login.pongs?.() ?? 0), 0),
      wakeUps: wakeUps(await this.#party.counts?.()),
    };
  }

  leave(): void {
    for (const login of this.#logins) login.close();
    for (const browser of this.#browsers) browser.leave();
  }
}

async function watch(
  party: Waiting,
  role: Role | undefined,
  browsers: number,
  { name, waiting }: Scale,
): Promise<Watched> {
  const fresh = memoryKib(party.pids());
  // What the server does with nobody there (Redis wakes ten times a second) is not due to waiting.
  const { watchS, sliceS } = waiting;
  await settled(party, waiting, areAlike);
  const [alone = 0] = await cpuBySlice(party, 1, sliceS);
  const people = new People(party);
  await people.come(browsers);
  const { told } = await people.counted();
  await sleep(name === "full" ? ASLEEP_AFTER_MS : 1000);
  const isSilent = (await people.counted()).told === told;
  await settled(party, waiting, isSilent ? (now) => now - alone < QUIET_MS : areAlike);

  const atFirst = await people.counted();
  const stopPinging = people.ping(watchS);
  const slices = await cpuBySlice(party, watchS / sliceS, sliceS);
  stopPinging();
  const after = await people.counted();
  const result = {
    role,
    party: party.name,
    durability: party.durability,
    browsers,
    cpuPerMin: (Math.max(0, median(slices) - alone) / sliceS) * 60,
    alonePerMin: (alone / sliceS) * 60,
    kibEach: (memoryKib(party.pids()) - fresh) / browsers,
    told: after.told - atFirst.told,
    pongs: after.pongs - atFirst.pongs,
    wakeUps: after.wakeUps === undefined ? undefined : after.wakeUps - (atFirst.wakeUps ?? 0),
  };
  people.leave();
  return result;
}

/** CPU milliseconds of each of so many slices, one after another. */
async function cpuBySlice(party: Party, slices: number, sliceS: number): Promise<number[]> {
  const took: number[] = [];
  const began = performance.now();
  let last = cpuMs(party.pids());
  for (let i = 1; i <= slices; i++) {
    await sleep(Math.max(0, began + i * sliceS * 1000 - performance.now()));
    const now = cpuMs(party.pids());
    took.push(now - last);
    last = now;
  }
  return took;
}

/**
 * Until what the coming of the browsers left to be done is done: idle objects are put away, memory
 * is swept. A slow machine takes longer, so it is looked for and not waited out.
 */
async function settled(
  party: Party,
  { sliceS, settlesWithinS }: Scale["waiting"],
  isOver: (now: number, last: number) => boolean,
): Promise<void> {
  const giveUpAt = performance.now() + settlesWithinS * 1000;
  let [last = 0] = await cpuBySlice(party, 1, sliceS);
  while (performance.now() < giveUpAt) {
    const [now = 0] = await cpuBySlice(party, 1, sliceS);
    if (isOver(now, last)) return;
    last = now;
  }
}

function areAlike(now: number, last: number): boolean {
  return Math.abs(now - last) < Math.max(QUIET_MS, ALIKE_WITHIN * last);
}

function usEach({ cpuPerMin, told, pongs }: Watched, { waiting }: Scale): number | undefined {
  const perMin = ((told + pongs) / waiting.watchS) * 60;
  return perMin > 0 ? (1000 * cpuPerMin) / perMin : undefined;
}

/** Every time an object had to do anything: be built again, answer, hear a message, or ring. */
function wakeUps(counts: Counts | undefined): number | undefined {
  if (!counts) return undefined;
  const calls = Object.values(counts.calls).reduce((sum, n) => sum + n, 0);
  return counts.woken + calls + counts.messages + counts.closes + counts.alarms;
}
