/**
 * What one isolate remembers of the networks that passwords came from: which of them guess, and
 * which are refused for a while. It is bounded, holds nothing of any account, and may be lost.
 */
import { SUSPECTS } from "../core/limits.ts";
import type { Networks } from "./networks.ts";

interface Record {
  /** Wrong passwords, and passwords that came again before they were to. */
  readonly marks: number;
  /** Milliseconds since the epoch, like every time in here. */
  readonly marksUntil: number;
  readonly refusedUntil: number;
  readonly toComeAt: number;
}

const blank: Record = { marks: 0, marksUntil: 0, refusedUntil: 0, toComeAt: 0 };

export class Suspicion {
  readonly #known = new Map<string, Record>();

  /** @param untilMs when this mark, and those before it, may be forgotten */
  mark(networks: Networks, now: number, untilMs: number): void {
    for (const network of networks) {
      const record = this.#at(network, now);
      const marksUntil = Math.max(record.marksUntil, untilMs);
      this.#set(network, { ...record, marks: record.marks + 1, marksUntil });
    }
  }

  /** It is told now to come again at that time. */
  tellToCome(network: string, now: number, atMs: number): void {
    this.#set(network, { ...this.#at(network, now), toComeAt: atMs });
  }

  /** Was it told to come later than this? */
  comesTooSoon(network: string, now: number): boolean {
    return now < this.#at(network, now).toComeAt;
  }

  /** A wider network has more people in it, and so more of their marks before it is suspect. */
  isSuspect(networks: Networks, now: number): boolean {
    return networks.some((network, i) => {
      const from = SUSPECTS.fromMarks[i];
      return from !== undefined && this.#at(network, now).marks >= from;
    });
  }

  refuse(network: string, now: number, untilMs: number): void {
    this.#set(network, { ...this.#at(network, now), refusedUntil: untilMs });
  }

  /** @returns for how many milliseconds more an address is refused; 0 if it is not */
  refusedForMs(networks: Networks, now: number): number {
    const until = networks.map((network) => this.#at(network, now).refusedUntil);
    return Math.max(0, Math.max(...until) - now);
  }

  #at(network: string, now: number): Record {
    const record = this.#known.get(network) ?? blank;
    return record.marksUntil > now ? record : { ...record, marks: 0 };
  }

  /** A `Map` has its keys in the order in which they were set, so the first is the stalest. */
  #set(network: string, record: Record): void {
    this.#known.delete(network);
    this.#known.set(network, record);
    const [stalest] = this.#known.keys();
    if (this.#known.size > SUSPECTS.networksMax && stalest !== undefined) {
      this.#known.delete(stalest);
    }
  }
}
