/** 7: how large the bundle is, and how soon a server that just started answers. */
import { readFileSync } from "node:fs";
import { run } from "../lib/children.ts";
import type { Party } from "../lib/party.ts";
import { Person } from "../lib/person.ts";
import type { Scale } from "../lib/scale.ts";
import { median, p99, shuffled } from "../lib/stats.ts";
import type { Findings } from "../lib/table.ts";
import { inWorkDir } from "../lib/work-dir.ts";
import { projectDir, wranglerPath, type Bundle } from "../lib/workerd.ts";

const BUNDLE_GZIP_MAX = 60 * 1024;

interface StartupProfile {
  readonly startTime: number;
  readonly endTime: number;
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export async function measureCold(
  starts: ReadonlyMap<string, () => Promise<Party>>,
  bundle: Bundle,
  scale: Scale,
): Promise<Findings> {
  const startedMs = new Map([...starts.keys()].map((name) => [name, [] as number[]]));
  // The first start also bundles.
  for (const start of starts.values()) await (await start()).stop();
  for (let i = 0; i < scale.coldStarts; i++) {
    for (const [name, start] of shuffled([...starts])) {
      const began = performance.now();
      const party = await start();
      const browser = new Person(party.origin);
      await party.mints[0]?.ask(browser);
      startedMs.get(name)?.push(performance.now() - began);
      browser.leave();
      await party.stop();
    }
  }
  const floor = median([...startedMs.values()].at(-1) ?? []);
  const startup = await startupMs();
  return {
    tables: [
      {
        title: "7. Cold start",
        columns: { what: "what", "÷ floor": "ratio", median: "median", p99: "p99" },
        rows: [
          ...[...startedMs].map(([name, ms]) => ({
            what: `${name}: process start → first answer, ms`,
            ratio: median(ms) / floor,
            median: median(ms),
            p99: p99(ms),
          })),
          { what: "wrangler check startup: CPU of the Worker's start-up, ms", median: startup },
          { what: "bundle as deployed, KiB", median: bundle.bytes / 1024 },
          { what: "bundle as deployed, compressed, KiB", median: bundle.gzipBytes / 1024 },
        ],
      },
    ],
    verdicts: [
      {
        promise: "The Worker at most 60 KB compressed",
        found: `${(bundle.gzipBytes / 1024).toFixed(1)} KiB`,
        holds: bundle.gzipBytes <= BUNDLE_GZIP_MAX,
      },
    ],
  };
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
