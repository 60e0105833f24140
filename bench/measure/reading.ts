/** 3c: whether the one mask that is drawn is read as often as the best of eight. */
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { conditions } from "../lib/camera.ts";
import { decoders } from "../lib/decoders.ts";
import { drawnMask, masks } from "../lib/masks.ts";
import type { Scale } from "../lib/scale.ts";
import type { Cell, Findings, Table } from "../lib/table.ts";
import type { Share, Trial } from "../lib/trials.ts";

/** Less often by so many points of a hundred would still be called as often. */
const AS_OFTEN_WITHIN = 1;

export async function measureReading({ reading }: Scale): Promise<Findings> {
  const drawn = drawnMask();
  const step = availableParallelism();
  const shares = Array.from({ length: step }, (_, first) => ({ ...reading, drawn, first, step }));
  const trials = (await Promise.all(shares.map(inThread))).flat();
  const readers = Object.keys(decoders);
  const overall = readers.map((decoder) => compared(decoder, of(trials, decoder), drawn));
  const perCondition = readers.flatMap((decoder) =>
    Object.keys(conditions).map((condition) =>
      compared(`${decoder}, ${condition}`, of(trials, decoder, condition), drawn),
    ),
  );
  return {
    tables: [sideBySide([...perCondition, ...overall]), byMask(trials, drawn)],
    verdicts: [
      {
        promise: `One mask is read as often as the best of eight, within ${AS_OFTEN_WITHIN} point in a hundred`,
        found: overall
          .map(({ what, difference, margin }) => {
            const signed = `${difference < 0 ? "−" : "+"}${Math.abs(difference).toFixed(2)}`;
            return `${what} ${signed} ± ${margin.toFixed(2)}`;
          })
          .join(", "),
        holds: overall.every(({ difference, margin }) => difference - margin >= -AS_OFTEN_WITHIN),
      },
    ],
  };
}

async function inThread(share: Share): Promise<Trial[]> {
  const thread = new Worker(new URL("../lib/trials.ts", import.meta.url), { workerData: share });
  const [trials] = (await once(thread, "message")) as [Trial[]];
  return trials;
}

function of(trials: readonly Trial[], decoder: string, condition?: string): Trial[] {
  return trials.filter(
    (trial) =>
      trial.decoder === decoder && (condition === undefined || trial.condition === condition),
  );
}

const percent = (some: readonly Trial[], all: readonly Trial[]) => (100 * some.length) / all.length;

/** Both were shown in the same pictures, so what counts is who read those that the other did not (McNemar). */
function compared(what: string, trials: readonly Trial[], drawn: number) {
  const one = trials.filter(({ read }) => read.get(drawn));
  const best = trials.filter((trial) => trial.read.get(trial.best));
  const either = new Set([...one, ...best]).size;
  const both = one.length + best.length - either;
  const difference = percent(one, trials) - percent(best, trials);
  const share = (either - both) / trials.length;
  return {
    what,
    one: percent(one, trials),
    best: percent(best, trials),
    difference,
    margin: 196 * Math.sqrt((share - (difference / 100) ** 2) / trials.length),
    pictures: trials.length,
  };
}

function sideBySide(rows: Table["rows"]): Table {
  return {
    title: "3c. Codes read: one mask beside the best of eight",
    columns: {
      "decoder, condition": "what",
      "difference, points": "difference",
      "± (95 %)": "margin",
      "one mask, %": "one",
      "best of eight, %": "best",
      "pictures each": "pictures",
    },
    rows,
    notes: [
      "Each code is shown under both masks by the same hand, in the same light, with the same noise. Pictures go from easy to hopeless, so that a difference has room to show: it means something, the rates themselves say nothing of real cameras.",
    ],
  };
}

/** Of the codes that were tried under all eight. */
function byMask(trials: readonly Trial[], drawn: number): Table {
  const readers = Object.keys(decoders);
  const underAll = trials.filter(({ read }) => read.size === masks.length);
  const row = (what: string, maskOf: (trial: Trial) => number) =>
    Object.fromEntries<Cell>([
      ["what", what],
      ["pictures", underAll.length / readers.length],
      ...readers.map((decoder): [string, number] => {
        const shown = of(underAll, decoder);
        const read = shown.filter((trial) => trial.read.get(maskOf(trial)));
        return [decoder, percent(read, shown)];
      }),
    ]);
  return {
    title: "3d. Codes read, by mask",
    columns: {
      mask: "what",
      ...Object.fromEntries(readers.map((decoder) => [`${decoder}, %`, decoder])),
      "pictures each": "pictures",
    },
    rows: [
      ...masks.map((mask) => row(`${mask}${mask === drawn ? ", as drawn" : ""}`, () => mask)),
      row("best of eight", ({ best }) => best),
    ],
  };
}
