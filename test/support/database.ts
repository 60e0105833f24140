import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** An empty database with the tables of the migrations; D1 is SQLite as well. */
export function database(): DatabaseSync {
  const db = new DatabaseSync(":memory:");
  for (const file of readdirSync("migrations").sort()) {
    db.exec(readFileSync(join("migrations", file), "utf8"));
  }
  return db;
}
