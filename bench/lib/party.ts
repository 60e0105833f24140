/** The one shape in which the bench sees this project, the relays and its peers. */
import { setTimeout as sleep } from "node:timers/promises";
import type { WebSocket } from "ws";
import type { Person } from "./person.ts";

export type Heard = "scanned" | "confirmed";

export interface Party {
  readonly name: string;
  /** What is left of a login when the server's plug is pulled. */
  readonly durability: string;
  readonly hears: "push" | { readonly everyS: number };
  /** Which of the phone's taps the waiting browser is told of. */
  readonly tells: readonly Heard[];
  readonly origin: string;
  pids(): readonly number[];
  /** Mints, shows and listens: resolves once the browser waits. The persons may come with warm connections. */
  begin(browser: Person, phone: Person): Promise<Login>;
  /** What a browser asks for to get a code. */
  readonly mints: readonly Mint[];
  readonly stop: () => Promise<void>;
}

export interface Login {
  /** Resolves with the moment (`performance.now()`) at which the browser knew. */
  heard(what: Heard): Promise<number>;
  scan(): Promise<void>;
  confirm(): Promise<void>;
  /** Resolves once the browser holds what keeps it signed in; throws if it does not. */
  redeem(): Promise<void>;
  /** Messages or answers the browser was given since it began to listen. */
  told(): number;
  /** Asks whether the line still holds, as this project's page does. */
  ping?(): void;
  /** The answers to that, which are not among those. */
  pongs?(): number;
  close(): void;
}

export interface Mint {
  readonly what: string;
  /** The answer holds the code's picture. */
  readonly draws?: boolean;
  ask(browser: Person): Promise<void>;
}

const HEAR_WITHIN_MS = 30_000;

/** What the browser knows, and who waits to be told of it. */
export class Ear {
  told = 0;
  #known = new Map<Heard, number>();
  #waiting = new Map<Heard, (at: number) => void>();

  hear(what: string): void {
    this.told++;
    if ((what !== "scanned" && what !== "confirmed") || this.#known.has(what)) return;
    const at = performance.now();
    this.#known.set(what, at);
    this.#waiting.get(what)?.(at);
  }

  heard(what: Heard): Promise<number> {
    const known = this.#known.get(what);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`"${what}" was never heard`)),
        HEAR_WITHIN_MS,
      );
      this.#waiting.set(what, (at) => {
        clearTimeout(timer);
        resolve(at);
      });
    });
  }
}

/** Asks at once and then every so many seconds, until told to stop or told of `confirmed`. */
export function pollInto(ear: Ear, everyS: number, ask: () => Promise<string>): () => void {
  const stop = new AbortController();
  const poll = async () => {
    while (!stop.signal.aborted) {
      const state = await ask();
      ear.hear(state);
      if (state === "confirmed") return;
      await sleep(everyS * 1000, undefined, { signal: stop.signal });
    }
  };
  poll().catch((error: unknown) => {
    if (!stop.signal.aborted) ear.hear(`failed: ${String(error)}`);
  });
  return () => stop.abort();
}

/** Closes a socket without waiting for the other side's good manners. */
export function hangUp(socket: WebSocket): void {
  socket.close();
  setTimeout(() => socket.terminate(), 1000).unref();
}
