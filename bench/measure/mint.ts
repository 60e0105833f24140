/** 3: how many codes per second and core, and how much of it is drawing the code. */
import type { Mint, Party } from "../lib/party.ts";
import { Person } from "../lib/person.ts";
import { cpuMs } from "../lib/proc.ts";
import { profileDuring } from "../lib/profile.ts";
import type { Scale } from "../lib/scale.ts";
import { median, shuffled } from "../lib/stats.ts";
import type { Findings } from "../lib/table.ts";
import type { ThisProject } from "../servers/this-project.ts";

const AT_ONCE = 16;
/** The function all drawing of a code happens in. */
const DRAWS_CODE = "qrOf";

interface Block {
  readonly perS: number;
  readonly perCoreS: number;
}

export async function measureMint(
  parties: readonly Party[],
  subject: Party,
  profiled: ThisProject,
  scale: Scale,
): Promise<Findings> {
  const runs = parties.flatMap((party) =>
    party.mints.map((mint) => ({ party, mint, blocks: [] as Block[] })),
  );
  for (const { party, mint } of runs) await askMany(party, mint, Math.min(200, scale.mintRequests));
  for (let i = 0; i < scale.blocks; i++) {
    for (const { party, mint, blocks } of shuffled(runs)) {
      blocks.push(await askMany(party, mint, scale.mintRequests));
    }
  }

  const shares = new Map<string, number>();
  for (const mint of profiled.mints.filter(({ draws }) => draws)) {
    const profile = await profileDuring(profiled.inspector, async () => {
      await askMany(profiled, mint, scale.mintRequests);
    });
    shares.set(mint.what, profile.within(DRAWS_CODE));
  }
  const page = runs.find(({ party, mint }) => party === subject && mint === subject.mints[0]);
  const base = median(page?.blocks.map(({ perCoreS }) => perCoreS) ?? []);
  const rows = runs.map(({ party, mint, blocks }) => {
    const perCoreS = median(blocks.map((block) => block.perCoreS));
    const share = party === subject ? shares.get(mint.what) : undefined;
    return {
      what: `${party.name}: ${mint.what}`,
      ratio: perCoreS / base,
      perCoreS,
      perS: median(blocks.map(({ perS }) => perS)),
      cpu: 1000 / perCoreS,
      qr: share === undefined ? undefined : `${Math.round(share * 100)} %`,
      without: share === undefined ? undefined : perCoreS / (1 - share),
    };
  });
  return {
    tables: [
      {
        title: "3. Minting a code",
        columns: {
          "what is asked for": "what",
          "÷ this page": "ratio",
          "per second and core": "perCoreS",
          "per second": "perS",
          "CPU ms each": "cpu",
          "share of drawing the QR code": "qr",
          "per second and core, were drawing free": "without",
        },
        rows,
        notes: [
          `${AT_ONCE} connections at once; a core is a second of the server's CPU time, all its threads.`,
          "Only this project's answers hold the code's picture (the page, and what a page asks for when its code is too old); the others leave drawing to a script in the browser, and store the login first.",
          "The share is of the Worker's busy time in a CPU profile, of the same code not minified.",
        ],
      },
    ],
  };
}

async function askMany(party: Party, mint: Mint, requests: number): Promise<Block> {
  const before = cpuMs(party.pids());
  const began = performance.now();
  let left = requests;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      const browser = new Person(party.origin);
      while (left-- > 0) await mint.ask(browser);
      browser.leave();
    }),
  );
  const tookS = (performance.now() - began) / 1000;
  return {
    perS: requests / tookS,
    perCoreS: requests / ((cpuMs(party.pids()) - before) / 1000),
  };
}
