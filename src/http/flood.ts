/**
 * Against floods: the platform's rate limiting bindings, one per call, counted per location. They
 * are generous, as many people share one address; hard counts are kept in the login objects.
 */
import { refuse, type Refusal } from "../core/refusal.ts";
import type { Ctx } from "./context.ts";
import { networksOf } from "./networks.ts";

export type Limit = {
  [Name in keyof Env]: Env[Name] extends RateLimit ? Name : never;
}[keyof Env];

/** The bindings' period in wrangler.toml; the longest anybody has to wait. */
export const FLOOD_PERIOD_S = 60;

/**
 * Refuses who calls too often: by default from one address (of IPv6, one /64: what one customer
 * has); or under a `key` that is better than an address.
 */
export async function overLimit(
  c: Ctx,
  limit: Limit,
  key = networksOf(addressOf(c))[0],
): Promise<Refusal<"rate_limited"> | undefined> {
  if (!(await isOver(c, limit, key))) return undefined;
  return refuse("rate_limited", { reason: "flood", cause: limit, retryAfterS: FLOOD_PERIOD_S });
}

/** Counts one more under this key. @returns whether that is one too many */
export async function isOver(c: Ctx, limit: Limit, key: string): Promise<boolean> {
  // Absent where the platform has no such service (plain workerd).
  const binding: RateLimit | undefined = c.env[limit];
  return binding !== undefined && !(await binding.limit({ key })).success;
}

/** As the edge saw it; a client cannot set this header on a deployed Worker. */
export function addressOf(c: Ctx): string {
  return c.req.header("CF-Connecting-IP") ?? "unknown";
}
