/** 1 and 2: from the phone's tap to the browser, and the whole login. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Party } from "../lib/party.ts";
import { cpuMs } from "../lib/proc.ts";
import type { Scale } from "../lib/scale.ts";
import { median, p99 } from "../lib/stats.ts";
import type { Findings, Verdict } from "../lib/table.ts";
import { CLEAN_UP_MS } from "../servers/crowd.ts";
import { oneLogin, Pair, spreadOver, takingTurns, type Sample } from "./logins.ts";

const NO_REDIS = "not measured: redis-server is not installed";

export interface Speed {
  readonly parties: readonly Party[];
  readonly subject: Party;
  readonly inMemory: Party;
  readonly bareRelay: Party;
  readonly storingRelay: Party;
  readonly contractRelay: Party;
  readonly redisPush?: Party;
  readonly polled?: Party;
}

export async function measureSpeed(
  { parties, subject, inMemory, bareRelay, storingRelay, contractRelay, redisPush, polled }: Speed,
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

  const cpuOf = new Map(
    parties.map((party) => {
      const logins =
        (samples.get(party)?.length ?? 0) + (party.hears === "push" ? scale.warmUps : 1);
      return [party, (cpuMs(party.pids()) - (before.get(party) ?? 0)) / logins];
    }),
  );
  const cpuOver = (relay: Party, party: Party) =>
    (cpuOf.get(party) ?? Number.NaN) / (cpuOf.get(relay) ?? Number.NaN);
  const confirmOf = (party: Party | undefined) => of(party && samples.get(party), "confirmMs");
  const rows = parties.map((party) => {
    const own = samples.get(party) ?? [];
    const confirm = of(own, "confirmMs");
    return {
      party: party.name,
      durability: party.durability,
      toRelay: median(confirm) / median(confirmOf(bareRelay)),
      toSubject: median(confirm) / median(confirmOf(subject)),
      scan: median(of(own, "scanMs")),
      scanP99: p99(of(own, "scanMs")),
      confirm: median(confirm),
      confirmP99: p99(confirm),
      session: median(of(own, "sessionMs")),
      sessionP99: p99(of(own, "sessionMs")),
      requests: median(of(own, "requests")),
      bytes: median(of(own, "bytes")),
      cpu: cpuOf.get(party),
      cpuRatio: cpuOver(storingRelay, party),
      cpuOverContract: cpuOver(contractRelay, party),
      logins: own.length,
    };
  });

  const cpu = cpuOver(storingRelay, subject);
  const checks = cpuOver(contractRelay, subject);
  const ahead = median(confirmOf(polled)) / median(confirmOf(subject));
  const verdicts: Verdict[] = [
    tapVerdict("both in memory, within 2× of the bare relay", inMemory, bareRelay, 2),
    tapVerdict("both on disk, within 1.2× of the relay that stores", subject, storingRelay, 1.2),
    tapVerdict("both in memory, within 1.5× of the Redis push peer", inMemory, redisPush, 1.5),
    {
      promise: "Tap → browser: at least 100× ahead of one-second polling",
      found: polled ? `${Math.round(ahead)}×` : NO_REDIS,
      holds: ahead >= 100,
    },
    {
      promise: "CPU of a whole login: both on disk, within 1.3× of the relay that stores",
      found: `${cpu.toFixed(2)}×`,
      holds: cpu <= 1.3,
    },
    {
      promise: "CPU of a whole login: within 1.5× of a relay that answers our contract unchecked",
      found: `${checks.toFixed(2)}×`,
      holds: checks <= 1.5,
    },
  ];
  function tapVerdict(what: string, a: Party, b: Party | undefined, most: number): Verdict {
    const promise = `Tap → browser: ${what}`;
    if (!b) return { promise, found: NO_REDIS, holds: false };
    const ratio = (tap: "scanMs" | "confirmMs") =>
      median(of(samples.get(a), tap)) / median(of(samples.get(b), tap));
    const [scan, confirm] = [ratio("scanMs"), ratio("confirmMs")];
    return {
      promise,
      found: `${scan.toFixed(2)}× (scan), ${confirm.toFixed(2)}× (confirm)`,
      holds: Math.max(scan, confirm) <= most,
    };
  }

  return {
    tables: [
      {
        title: "1. Tap on the phone → the browser hears of it",
        columns: {
          party: "party",
          "÷ bare relay": "toRelay",
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
          "The relay that stores opens its object's file at the scan, scan-login when a browser begins to wait: so scan flatters us, and confirm does not.",
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
          "CPU ÷ relay that stores": "cpuRatio",
          "CPU ÷ relay with our contract": "cpuOverContract",
          durability: "durability",
        },
        rows,
        notes: [
          "From mint to session: mint, listen, scan, confirm, redeem. Bytes are both directions with headers, on warm plain-http connections.",
          "A device flow ends with tokens, which a website would still have to turn into a cookie of its own; that step is not counted against anyone.",
          "Polled parties' requests and CPU grow with the time a person takes: here at most one interval before each tap, less than real people take.",
          "CPU is of all threads of the server's processes (Redis included), cleaning up after a login included. The relay that stores never cleans up.",
        ],
      },
    ],
    verdicts,
  };
}

function of(samples: readonly Sample[] | undefined, what: keyof Sample): number[] {
  return (samples ?? []).map((sample) => sample[what]).filter((value) => !Number.isNaN(value));
}
