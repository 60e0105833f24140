/** 1 and 2: from the phone's tap to the browser, and the whole login. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Party } from "../lib/party.ts";
import { cpuMs } from "../lib/proc.ts";
import type { Scale } from "../lib/scale.ts";
import { median, p99 } from "../lib/stats.ts";
import type { Findings, Verdict } from "../lib/table.ts";
import { CLEAN_UP_MS } from "../servers/crowd.ts";
import { oneLogin, Pair, spreadOver, takingTurns, type Sample } from "./logins.ts";

export interface Speed {
  readonly parties: readonly Party[];
  readonly subject: Party;
  readonly inMemory: Party;
  readonly floor: Party;
  readonly durableFloor: Party;
  readonly redisPush?: Party;
  readonly polled?: Party;
}

export async function measureSpeed(
  { parties, subject, inMemory, floor, durableFloor, redisPush, polled }: Speed,
  scale: Scale,
): Promise<Findings> {
  const pushed = parties.filter(({ hears }) => hears === "push");
  const asking = parties.filter(({ hears }) => hears !== "push");
  // What a first login costs a fresh server (code not yet compiled, a phone's first sign-in) is not the point here.
  await Promise.all(asking.map((party) => oneLogin(party, new Pair(party), () => 0)));

  const before = new Map(parties.map((party) => [party, cpuMs(party.pids())]));
  const samples = await takingTurns(pushed, scale.rounds, scale.warmUps);
  await Promise.all(
    asking.map(async (party) => samples.set(party, await spreadOver(party, scale.polledLogins))),
  );
  if (scale.name === "full") await sleep(CLEAN_UP_MS);

  const confirmOf = (party: Party | undefined) => of(party && samples.get(party), "confirmMs");
  const rows = parties.map((party) => {
    const own = samples.get(party) ?? [];
    const logins = own.length + (party.hears === "push" ? scale.warmUps : 1);
    const confirm = of(own, "confirmMs");
    return {
      party: party.name,
      durability: party.durability,
      toFloor: median(confirm) / median(confirmOf(floor)),
      toSubject: median(confirm) / median(confirmOf(subject)),
      scan: median(of(own, "scanMs")),
      scanP99: p99(of(own, "scanMs")),
      confirm: median(confirm),
      confirmP99: p99(confirm),
      session: median(of(own, "sessionMs")),
      sessionP99: p99(of(own, "sessionMs")),
      requests: median(of(own, "requests")),
      bytes: median(of(own, "bytes")),
      cpu: (cpuMs(party.pids()) - (before.get(party) ?? 0)) / logins,
      logins: own.length,
    };
  });

  const verdicts: Verdict[] = [
    ratioVerdict("Tap → browser within 2× of the floor's median (in memory)", inMemory, floor, 2),
    ratioVerdict(
      "Tap → browser within 2× of a floor that stores too (both on disk, fsync)",
      subject,
      durableFloor,
      2,
    ),
    ratioVerdict(
      "Tap → browser within 2× of the floor's median (on disk, fsync; the floor stores nothing)",
      subject,
      floor,
      2,
    ),
    ratioVerdict(
      "Tap → browser no worse than 1.5× the Redis push peer (both in memory)",
      inMemory,
      redisPush,
      1.5,
    ),
  ];
  function ratioVerdict(promise: string, a: Party, b: Party | undefined, most: number): Verdict {
    const scan = median(of(samples.get(a), "scanMs")) / median(of(b && samples.get(b), "scanMs"));
    const confirm = median(confirmOf(a)) / median(confirmOf(b));
    if (!b) return { promise, found: "not measured: redis-server is not installed", holds: false };
    return {
      promise,
      found: `${scan.toFixed(2)}× (scan), ${confirm.toFixed(2)}× (confirm)`,
      holds: Math.max(scan, confirm) <= most,
    };
  }
  const ahead = median(confirmOf(polled)) / median(confirmOf(subject));
  verdicts.push({
    promise: "Tap → browser at least 100× ahead of one-second polling",
    found: polled ? `${Math.round(ahead)}×` : "not measured: redis-server is not installed",
    holds: ahead >= 100,
  });

  return {
    tables: [
      {
        title: "1. Tap on the phone → the browser hears of it",
        columns: {
          party: "party",
          "÷ floor": "toFloor",
          "÷ scan-login": "toSubject",
          "confirm, median ms": "confirm",
          "p99 ms": "confirmP99",
          "scan, median ms": "scan",
          "scan p99 ms": "scanP99",
          durability: "durability",
          logins: "logins",
        },
        rows,
        notes: [
          "Pushed parties: one login at a time, taking turns. Polled parties: many at once, tapped at random moments of their interval, polled as often as they allow.",
          "Ratios are of the median of confirm. A device flow never tells the browser of a scan.",
        ],
      },
      {
        title: "2. A whole login",
        columns: {
          party: "party",
          "confirm → session, median ms": "session",
          "p99 ms": "sessionP99",
          requests: "requests",
          "bytes on the wire": "bytes",
          "server CPU ms per login": "cpu",
          durability: "durability",
        },
        rows,
        notes: [
          "From mint to session: mint, listen, scan, confirm, redeem. Bytes are both directions with headers, on warm plain-http connections.",
          "A device flow ends with tokens, which a website would still have to turn into a cookie of its own; that step is not counted against anyone.",
          "Polled parties' requests and CPU grow with the time a person takes: here at most one interval before each tap, less than real people take.",
          "CPU is of all threads of the server's processes (Redis included), cleaning up after a login included.",
        ],
      },
    ],
    verdicts,
  };
}

function of(samples: readonly Sample[] | undefined, what: keyof Sample): number[] {
  return (samples ?? []).map((sample) => sample[what]).filter((value) => !Number.isNaN(value));
}
