import { RETRY_AFTER_S } from "./limits.ts";
import { refuse, type Refusal } from "./refusal.ts";

/** A database that cannot be asked refuses: what was not checked never passes. */
export function databaseAway(error: unknown): Refusal<"unavailable"> {
  const cause = error instanceof Error ? error.message : "unknown fault";
  return refuse("unavailable", { reason: "database_away", cause, retryAfterS: RETRY_AFTER_S });
}
