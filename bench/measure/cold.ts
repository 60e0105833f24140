/** 7: how soon a server that just started answers, and what its bundle is made of. */
import { readFileSync } from "node:fs";
import { projectDir, wranglerPath, type Bundle } from "../lib/bundle.ts";
import { run } from "../lib/children.ts";
import type { Party } from "../lib/party.ts";
import { Person } from "../lib/person.ts";
import type { Scale } from "../lib/scale.ts";
import { median, p99, shuffled } from "../lib/stats.ts";
import type { Findings } from "../lib/table.ts";
import { inWorkDir } from "../lib/work-dir.ts";

const OVER_BARE_WORKER_MAX = 1.3;
const BUNDLE_GZIP_MAX = 100 * 1024;
const KIB = 1024;

interface StartupProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface Starts {
  readonly subject: () => Promise<Party>;
  /** A Worker with an object and the same framework, and nothing in them. */
  readonly bareWorker: () => Promise<Party>;
}

export async function measureCold(
  { subject, bareWorker }: Starts,
  bundle: Bundle,
  scale: Scale,
): Promise<Findings> {
  const ours: number[] = [];
  const bare: number[] = [];
  const starts = new Map([
    [subject, ours],
    [bareWorker, bare],
  ]);
  // The first start also bundles, and reads workerd from the disk.
  for (const start of starts.keys()) await firstAnswerMs(start);
  for (let i = 0; i < scale.coldStarts; i++) {
    for (const [start, took] of shuffled([...starts])) took.push(await firstAnswerMs(start));
  }
  const overBare = median(ours) / median(bare);
  const kib = bundle.gzipBytes / KIB;
  return {
    tables: [
      {
        title: "7. Cold start",
        columns: { what: "what", "÷ bare Worker": "ratio", median: "median", p99: "p99" },
        rows: [
          {
            what: "scan-login: process start → the page, ms",
            ratio: overBare,
            median: median(ours),
            p99: p99(ours),
          },
          {
            what: "bare Worker: process start → first answer, ms",
            ratio: 1,
            median: median(bare),
            p99: p99(bare),
          },
          {
            what: "wrangler check startup: CPU of scan-login's start-up, ms",
            median: await startupMs(),
          },
        ],
        notes: [
          "Of each so many ms workerd itself takes the same; a deployed Worker starts in a process that runs. The bare Worker has Hono, one route and an object.",
        ],
      },
      {
        title: "7b. What the Worker is made of",
        columns: { part: "part", "share, %": "share", "KiB minified": "kib" },
        rows: [
          ...[...bundle.parts]
            .sort(([, a], [, b]) => b - a)
            .map(([part, bytes]) => ({
              part,
              share: (100 * bytes) / bundle.bytes,
              kib: bytes / KIB,
            })),
          { part: "all", share: 100, kib: bundle.bytes / KIB },
        ],
        notes: [`Compressed, as it is uploaded, all together: ${kib.toFixed(1)} KiB.`],
      },
    ],
    verdicts: [
      {
        promise: `Cold start: within ${OVER_BARE_WORKER_MAX}× of a bare Worker's`,
        found: `${overBare.toFixed(2)}×`,
        holds: overBare <= OVER_BARE_WORKER_MAX,
      },
      {
        promise: `The Worker with every face: at most ${BUNDLE_GZIP_MAX / KIB} KB compressed`,
        found: `${kib.toFixed(1)} KiB`,
        holds: bundle.gzipBytes <= BUNDLE_GZIP_MAX,
      },
    ],
  };
}

async function firstAnswerMs(start: () => Promise<Party>): Promise<number> {
  const began = performance.now();
  const party = await start();
  const browser = new Person(party.origin);
  await party.mints[0]?.ask(browser);
  const took = performance.now() - began;
  browser.leave();
  await party.stop();
  return took;
}

/** Milliseconds the start-up profile is not idle. */
async function startupMs(): Promise<number> {
  const outfile = inWorkDir("startup.cpuprofile");
  await run(process.execPath, [wranglerPath, "check", "startup", "--outfile", outfile], projectDir);
  const { nodes, samples, timeDeltas } = JSON.parse(
    readFileSync(outfile, "utf8"),
  ) as StartupProfile;
  const idle = new Set(
    nodes
      .filter(({ callFrame }) => /^\((idle|root)\)$/.test(callFrame.functionName))
      .map(({ id }) => id),
  );
  return samples.reduce(
    (ms, node, i) => (idle.has(node) ? ms : ms + (timeDeltas[i] ?? 0) / 1000),
    0,
  );
}
