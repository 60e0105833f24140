/** The jti of client assertions: each may be used once (RFC 7523, section 3), so it is written down. */
import { createHash } from "node:crypto";
import { databaseAway } from "../core/database.ts";
import { isRefusal, type Refusal } from "../core/refusal.ts";

/**
 * @param exp seconds since the epoch: until then it is remembered
 * @param now milliseconds since the epoch
 * @returns whether this is its first use; or `unavailable`
 */
export async function spendAssertion(
  db: D1Database,
  clientId: string,
  jti: string,
  exp: number,
  now: number,
): Promise<boolean | Refusal> {
  const id = createHash("sha256").update(`${clientId} ${jti}`).digest("base64url");
  const nowS = Math.floor(now / 1000);
  const results = await db
    .batch([
      // The slack of clocks that the check of `exp` allows, and more.
      db.prepare("DELETE FROM assertions WHERE expires_at < ?").bind(nowS - 60),
      db
        .prepare("INSERT INTO assertions (id, expires_at) VALUES (?, ?) ON CONFLICT DO NOTHING")
        .bind(id, Math.ceil(exp)),
    ])
    .catch(databaseAway);
  if (isRefusal(results)) return results;
  return results[1]?.meta.changes === 1;
}
