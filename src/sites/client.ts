/** A site that may ask for a login: what its row says (RFC 7591's words, where it has them). */
import { databaseAway } from "../core/database.ts";
import { CLIENT_STALE_S, CLIENTS_REMEMBERED_MAX } from "../core/limits.ts";
import { isRefusal, type Refusal } from "../core/refusal.ts";
import { readClient, type Client } from "./row.ts";

export type { AuthMethod, Client, GrantType } from "./row.ts";

/**
 * The client of this id. A row is remembered for CLIENT_STALE_S: a change of it, or its removal,
 * may go unnoticed for so long; a new row is seen at once.
 *
 * @param now milliseconds since the epoch
 * @returns the client, or nothing if there is none; or `unavailable`, also for a row that somebody
 * wrote by hand and that is not usable
 */
export async function clientOf(
  db: D1Database,
  id: string,
  now: number,
): Promise<Client | Refusal<"unavailable"> | undefined> {
  const remembered = memoryOf(db);
  const known = remembered.get(id);
  if (known !== undefined && now < known.readAt + CLIENT_STALE_S * 1000) return known.client;
  const row = await db
    .prepare("SELECT * FROM clients WHERE id = ?")
    .bind(id)
    .first()
    .catch(databaseAway);
  if (isRefusal(row)) return row;
  remembered.delete(id);
  if (row === null) return undefined;
  const client = readClient(row);
  if (isRefusal(client)) return client;
  remembered.set(id, { client, readAt: now });
  forgetOldest(remembered);
  return client;
}

interface Known {
  readonly client: Client;
  readonly readAt: number;
}

/** Of each isolate; what strangers ask for in vain is not kept. */
const memories = new WeakMap<D1Database, Map<string, Known>>();

function memoryOf(db: D1Database): Map<string, Known> {
  const memory = memories.get(db) ?? new Map<string, Known>();
  memories.set(db, memory);
  return memory;
}

function forgetOldest(memory: Map<string, Known>): void {
  const [oldest] = memory.keys();
  if (oldest !== undefined && memory.size > CLIENTS_REMEMBERED_MAX) memory.delete(oldest);
}
