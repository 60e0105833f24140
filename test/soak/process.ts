/** What a process holds, from /proc; nothing on systems that have none. */
import { readdirSync, readFileSync } from "node:fs";

export interface Held {
  /** Pages shared with others counted by their share (PSS). */
  readonly memoryKib: number;
  /** File descriptors: sockets, files. */
  readonly handles: number;
}

export function heldBy(pid: number): Held {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    const memoryKib = Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
    return { memoryKib, handles: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return { memoryKib: Number.NaN, handles: Number.NaN };
  }
}
