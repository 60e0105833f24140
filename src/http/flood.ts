/**
 * Against floods: the platform's rate limiting bindings, one per call, counted per location. They
 * are generous, as many people share one address; hard counts are kept in the login objects.
 */
import { networkOf } from "../core/address.ts";
import { refuse, type Refusal } from "../core/refusal.ts";
import type { Ctx } from "./context.ts";

export type Limit = {
  [Name in keyof Env]: Env[Name] extends RateLimit ? Name : never;
}[keyof Env];

/** The bindings' period in wrangler.toml; the longest anybody has to wait. */
const PERIOD_S = 60;

/**
 * Refuses who calls too often: by default from one address (of IPv6, one /64: what one customer
 * has); or under a `key` that is better than an address.
 */
export async function overLimit(
  c: Ctx,
  limit: Limit,
  key = networkOf(addressOf(c)),
): Promise<Refusal<"rate_limited"> | undefined> {
  // Absent where the platform has no such service (plain workerd).
  const binding: RateLimit | undefined = c.env[limit];
  const { success } = (await binding?.limit({ key })) ?? { success: true };
  if (success) return undefined;
  return refuse("rate_limited", { reason: "flood", cause: limit, retryAfterS: PERIOD_S });
}

/** As the edge saw it; a client can not set this header on a deployed Worker. */
export function addressOf(c: Ctx): string {
  return c.req.header("CF-Connecting-IP") ?? "unknown";
}
