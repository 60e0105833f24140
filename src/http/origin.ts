/** Where a call from a browser may come from: our own pages, nowhere else. */
import { refuse, type Refusal } from "../core/refusal.ts";
import type { Ctx } from "./context.ts";

/**
 * For calls that a cookie vouches for and that change something, and for sockets (which the
 * same-origin policy does not cover). Browsers send `Origin` with all of these, so a missing one
 * is refused as well. Reading is left to the same-origin policy: we answer no CORS request.
 */
export function requireOwnOrigin(c: Ctx): Refusal | undefined {
  const given = c.req.header("Origin");
  if (given === new URL(c.req.url).origin) return undefined;
  if (given === undefined) return refuse("foreign_origin", { reason: "origin_missing" });
  return refuse("foreign_origin", { reason: "origin_foreign", cause: given });
}

/** For calls that carry their own proof (a token): apps send no `Origin`, foreign pages do. */
export function refuseForeignOrigin(c: Ctx): Refusal | undefined {
  return c.req.header("Origin") === undefined ? undefined : requireOwnOrigin(c);
}
