/** What both of better-auth's servers begin with: a database in a file, its settings, one user. */
import { DatabaseSync } from "node:sqlite";

/** As durable as the others that claim it, and the faster of SQLite's ways to be so. */
export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  return database;
}

/** The bench is one address, so the rate limiter is off. */
export const settings = {
  secret: "only ever used on loopback, thirty-two and more",
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  emailAndPassword: { enabled: true },
};

export const user = { email: "ada@bench.invalid", password: "bench-only-password", name: "Ada" };
