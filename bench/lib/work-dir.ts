/** Directories of this run's own for logs, storage and bundles; gone when the run ends. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system that is nothing but memory, where fsync has nothing to do. */
const MEMORY = "/dev/shm";

const dirs: string[] = [];
process.once("exit", () => {
  if (process.env["BENCH_KEEP"]) return;
  for (const dir of dirs) rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
});

const newRoot = (parent: string) => {
  const dir = mkdtempSync(join(parent, "scan-login-bench-"));
  dirs.push(dir);
  return dir;
};
const onDisk = newRoot(tmpdir());
let inMemory: string | undefined;

export function inWorkDir(name: string): string {
  return join(onDisk, name);
}

export function newDir(name: string, where: "disk" | "memory" = "disk"): string {
  const root = where === "disk" ? onDisk : (inMemory ??= newRoot(MEMORY));
  return mkdtempSync(join(root, `${name}-`));
}
