/** What a server process cost so far, read from /proc (Linux). */
import { readFileSync, readdirSync } from "node:fs";

/** CPU time of all living threads of these processes, in milliseconds, to the nanosecond's precision. */
export function cpuMs(pids: readonly number[]): number {
  let ns = 0;
  for (const pid of pids) {
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      try {
        ns += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]);
      } catch {
        // A thread may end between listing and reading it.
      }
    }
  }
  return ns / 1e6;
}

/** Memory in KiB, pages shared with others counted by their share (PSS). */
export function memoryKib(pids: readonly number[]): number {
  let kib = 0;
  for (const pid of pids) {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    kib += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
  }
  return kib;
}
