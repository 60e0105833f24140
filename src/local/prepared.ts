/**
 * Whether the database of this machine has its tables and demo accounts already: a note beside it
 * says from which files they were made. Finding that out costs nothing, making them two wranglers.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const root = join(import.meta.dirname, "../..");
const migrations = join(root, "migrations");

/** With another wrangler.toml it may be another database. */
const madeFrom = [
  join(root, "wrangler.toml"),
  ...readdirSync(migrations).map((name) => join(migrations, name)),
  join(import.meta.dirname, "accounts.ts"),
  join(import.meta.dirname, "sql.ts"),
];

/**
 * @param persistTo as wrangler takes it
 * @param besides what else it was made from
 */
export function isPrepared(persistTo: string | undefined, besides = ""): boolean {
  const note = noteIn(persistTo);
  return existsSync(note) && readFileSync(note, "utf8") === contents(besides);
}

export function notePrepared(persistTo: string | undefined, besides = ""): void {
  const note = noteIn(persistTo);
  mkdirSync(dirname(note), { recursive: true });
  writeFileSync(note, contents(besides));
}

/** In wrangler's folder of the database, so that it goes where that goes. */
function noteIn(persistTo = ".wrangler/state"): string {
  return join(resolve(root, persistTo), "v3/d1/prepared");
}

function contents(besides: string): string {
  const hash = createHash("sha256").update(besides).update("\0");
  for (const file of madeFrom.toSorted()) hash.update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}
