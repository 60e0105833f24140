/** 5: whole logins per second and core, and where the time goes. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Party } from "../lib/party.ts";
import { cpuMs } from "../lib/proc.ts";
import { profileDuring } from "../lib/profile.ts";
import type { Scale } from "../lib/scale.ts";
import { median, shuffled } from "../lib/stats.ts";
import type { Cell, Findings } from "../lib/table.ts";
import { ASLEEP_AFTER_MS } from "../lib/workerd.ts";
import { CLEAN_UP_MS } from "../servers/crowd.ts";
import type { ThisProject } from "../servers/this-project.ts";
import { atOnce } from "./logins.ts";

const PROFILED_AT_ONCE = 16;

interface Row extends Readonly<Record<string, Cell>> {
  readonly perCoreS: number;
}

export async function measureThroughput(
  parties: readonly Party[],
  subject: Party,
  profiled: ThisProject,
  scale: Scale,
): Promise<Findings> {
  const rows: Row[] = [];
  for (const [concurrency, logins] of scale.throughput) {
    const before = new Map(parties.map((party) => [party, cpuMs(party.pids())]));
    const seconds = new Map<Party, number[]>(parties.map((party) => [party, []]));
    for (let i = 0; i < scale.blocks; i++) {
      for (const party of shuffled(parties)) {
        seconds.get(party)?.push(await atOnce(party, logins, concurrency));
      }
      if (scale.name === "full") await sleep(ASLEEP_AFTER_MS);
    }
    if (scale.name === "full") await sleep(CLEAN_UP_MS);
    let subjectPerCoreS = Number.NaN;
    for (const party of parties) {
      const cpuS = (cpuMs(party.pids()) - (before.get(party) ?? 0)) / 1000;
      const perCoreS = (logins * scale.blocks) / cpuS;
      // The subject comes first, so that the others can be set against it at once.
      if (party === subject) subjectPerCoreS = perCoreS;
      rows.push({
        ratio: perCoreS / subjectPerCoreS,
        party: party.name,
        durability: party.durability,
        concurrency,
        perS: logins / median(seconds.get(party) ?? []),
        perCoreS,
      });
    }
  }

  const profile = await profileDuring(profiled.inspector, async () => {
    await atOnce(profiled, scale.profiledLogins, PROFILED_AT_ONCE);
  });
  return {
    tables: [
      {
        title: "5. Whole logins per second and core",
        columns: {
          party: "party",
          "at once": "concurrency",
          "÷ scan-login": "ratio",
          "logins per second and core": "perCoreS",
          "logins per second": "perS",
          durability: "durability",
        },
        rows,
        notes: [
          "A login is five requests and a socket. A core is a second of the server's CPU time, all its threads, cleaning up included; per second is on this machine, shared with the clients.",
        ],
      },
      {
        title: `5b. Where ${subject.name}'s time goes: the top five`,
        columns: { function: "where", "share of busy time": "share" },
        rows: profile.own
          .slice(0, 5)
          .map(({ where, share }) => ({ where, share: `${(share * 100).toFixed(1)} %` })),
        notes: [
          "From a CPU profile of Worker and objects. (program) is the runtime itself: HTTP, sockets, storage and cryptography in native code.",
        ],
      },
    ],
  };
}
