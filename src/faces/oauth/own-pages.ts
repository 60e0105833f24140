/**
 * CORS for public clients: a script may read what our endpoints answer if its page is of an origin
 * that one of the client's redirect URIs has, and never with a cookie. Pages of nobody's, and of
 * clients that have a secret to keep, read nothing. A preflight names no client: it is answered to
 * everybody alike, and gives nothing but leave to ask.
 */
import type { Ctx } from "../../http/context.ts";
import type { Client } from "../../sites/client.ts";
import { isRegistered } from "./redirect-uri.ts";

/** From here on the answer to this call, good or bad, may be read by the client's own pages. */
export function allowOwnPages(c: Ctx, { auth, redirectUris }: Client): void {
  const origin = c.req.header("Origin");
  // The origin of an app's own scheme is "null", and that is everybody's.
  if (origin === undefined || origin === "null" || auth !== "none") return;
  if (!redirectUris.some((uri) => isRegistered([new URL(uri).origin], origin))) return;
  const allowed = { "Access-Control-Allow-Origin": origin, Vary: "Origin" };
  c.set("headers", { ...c.get("headers"), ...allowed });
}
