/**
 * Guessing one account's password from anywhere: after a few failures each further one costs a
 * wait that doubles, up to a limit, so that a stranger can slow an owner down but not shut them
 * out. Success forgives, and so does time.
 */
import { createHash } from "node:crypto";
import { LOCKOUT } from "../core/limits.ts";
import { refuse, type Refusal } from "../core/refusal.ts";

/**
 * Counts an attempt before it is made, as a failure until it turns out well: many guesses sent at
 * once are counted like the same guesses one by one.
 *
 * @param now milliseconds since the epoch
 * @returns `rate_limited` while the account is locked; the same for accounts that do not exist
 */
export async function countAttempt(
  db: D1Database,
  username: string,
  now: number,
): Promise<Refusal<"rate_limited"> | undefined> {
  const { free, firstMs, longestMs, forgottenAfterMs, namesMax } = LOCKOUT;
  const key = keyOf(username);
  const [, counted, locked] = await db.batch<{ failures?: number; locked_until?: number }>([
    db.prepare("DELETE FROM attempts WHERE last_at < ?").bind(now - forgottenAfterMs),
    db
      .prepare(
        `INSERT INTO attempts (username, failures, last_at, locked_until) VALUES (?1, 1, ?2, 0)
         ON CONFLICT (username) DO UPDATE SET
           rowid = (SELECT max(rowid) FROM attempts) + 1,
           failures = failures + 1,
           last_at = ?2,
           locked_until = CASE WHEN failures + 1 < ?3 THEN 0
             ELSE ?2 + min(?5, ?4 * (1 << min(failures + 1 - ?3, 20))) END
         WHERE locked_until <= ?2
         RETURNING failures`,
      )
      .bind(key, now, free, firstMs, longestMs),
    db.prepare("SELECT locked_until FROM attempts WHERE username = ?").bind(key),
    db
      .prepare("DELETE FROM attempts WHERE rowid <= (SELECT max(rowid) FROM attempts) - ?")
      .bind(namesMax),
  ]);
  if (counted?.results.length) return undefined;
  const waitMs = (locked?.results[0]?.locked_until ?? now) - now;
  return refuse("rate_limited", {
    reason: "account_locked",
    retryAfterS: Math.max(1, Math.ceil(waitMs / 1000)),
  });
}

/** The password was right. */
export async function forgive(db: D1Database, username: string): Promise<void> {
  await db.prepare("DELETE FROM attempts WHERE username = ?").bind(keyOf(username)).run();
}

function keyOf(username: string): string {
  return createHash("sha256").update(username.toLowerCase()).digest("base64url");
}
