/** A thread of the reading study: draws its share of the codes, photographs and decodes them. */
import { parentPort, workerData } from "node:worker_threads";
import { conditions, photograph } from "./camera.ts";
import { decoders } from "./decoders.ts";
import { maskedOf, masks } from "./masks.ts";
import { randomOf, type Random } from "./random.ts";

export interface Share {
  /** The codes numbered `first`, `first + step` and so on, below `codes`. */
  readonly first: number;
  readonly step: number;
  readonly codes: number;
  /** So many codes are tried under all eight masks, the others under the drawn and the best one. */
  readonly underAll: number;
  readonly drawn: number;
}

/** One code in one condition before one decoder, once under each mask that is tried. */
export interface Trial {
  readonly condition: string;
  readonly decoder: string;
  /** The mask that qrcode-svg would choose for this code. */
  readonly best: number;
  /** Was it read? By mask. */
  readonly read: ReadonlyMap<number, boolean>;
}

async function trialsOf({ first, step, codes, underAll, drawn }: Share): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (let code = first; code < codes; code += step) {
    const random = randomOf(code);
    const content = contentOf(random);
    const { best, under } = maskedOf(content);
    const tried = code < underAll ? masks : [...new Set([drawn, best])];
    const symbols = tried.map((mask) => under(mask));
    for (const [condition, spoil] of Object.entries(conditions)) {
      const pictures = photograph(symbols, spoil, random);
      for (const [decoder, decode] of Object.entries(decoders)) {
        const said: (string | undefined)[] = [];
        for (const picture of pictures) said.push(await decode(picture));
        const read = new Map(tried.map((mask, i) => [mask, said[i] === content]));
        trials.push({ condition, decoder, best, read });
      }
    }
  }
  return trials;
}

/** What a login's code says, on a host of 4 to 60 characters. */
function contentOf(random: Random): string {
  const some = (alphabet: string, length: number) =>
    Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join("");
  const host = some("abcdefghijklmnopqrstuvwxyz0123456789-.", 4 + Math.floor(random() * 57));
  const uuid = [8, 4, 4, 4, 12].map((length) => some("0123456789abcdef", length)).join("-");
  return `https://${host}/qrcode/scan?uuid=${uuid}`;
}

parentPort?.postMessage(await trialsOf(workerData as Share), []);
