/** What became of each fault, for the table at the end. Times are measured, never asserted. */
import type { TestContext } from "vitest";

interface Entry {
  readonly fault: string;
  survived: boolean;
  /** Longest time that a page showed something out of date, in milliseconds. */
  staleMs: number | undefined;
  note: string;
}

export class Book {
  readonly #entries: Entry[] = [];

  /** Opens the line of one fault; it is written off as survived when its test passes. */
  open({ onTestFinished }: TestContext, fault: string): Page {
    const entry: Entry = { fault, survived: false, staleMs: undefined, note: "" };
    this.#entries.push(entry);
    onTestFinished(({ task }) => {
      entry.survived = task.result?.state !== "fail" && !task.result?.errors?.length;
    });
    return {
      stale: (ms) => (entry.staleMs = Math.max(entry.staleMs ?? 0, ms)),
      note: (text) => (entry.note = text),
    };
  }

  toString(): string {
    const survived = this.#entries.filter((entry) => entry.survived).length;
    return `${this.#table()}\n\nfaults tried ${this.#entries.length}, survived ${survived}`;
  }

  #table(): string {
    const rows = this.#entries.map(({ fault, survived, staleMs, note }) => [
      fault,
      survived ? "yes" : "NO",
      staleMs === undefined ? "" : String(Math.round(staleMs)),
      note,
    ]);
    const all = [["fault", "survived", "stale ms", "note"], ...rows];
    const widths = [0, 1, 2, 3].map((i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
    return all
      .map((row) =>
        row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join("  ")
          .trimEnd(),
      )
      .join("\n");
  }
}

export interface Page {
  /** A page showed something else than the truth for so long. */
  readonly stale: (ms: number) => void;
  readonly note: (text: string) => void;
}
