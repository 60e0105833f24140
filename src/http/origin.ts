/**
 * The rules for where a call may come from: our own pages, and apps, which send no `Origin`. They
 * stand in the route tables. Reading by cookie is left to the same-origin policy: we answer no CORS
 * request.
 */
import { refuse, type Refusal } from "../core/refusal.ts";
import type { Ctx } from "./context.ts";
import { readCookie } from "./cookies.ts";
import { isForm } from "./input.ts";
import { sendsToken } from "./phone-user.ts";

export type OriginRule = (c: Ctx) => Refusal | undefined;

/**
 * For calls that a cookie vouches for, and for those that set one. Browsers send `Origin` with all
 * of these, so a missing one is refused as well.
 */
export const own: OriginRule = (c) => {
  const given = c.req.header("Origin");
  if (given === new URL(c.req.url).origin) return undefined;
  if (given === undefined) return refuse("foreign_origin", { reason: "origin_missing" });
  return refuse("foreign_origin", { reason: "origin_foreign", cause: given });
};

/**
 * For calls that no cookie vouches for, and that pages of other sites are meant to make: sites'
 * servers and pages, with a proof of their own.
 */
export const anywhere: OriginRule = () => undefined;

/** For calls that carry their own proof: apps send no `Origin`, foreign pages do. */
export const ownIfSent: OriginRule = (c) =>
  c.req.header("Origin") === undefined ? undefined : own(c);

/**
 * For what an app does by token and our phone page by cookie. With neither there is nothing that a
 * foreign page could misuse, and an app that forgot its token hears `unauthenticated`.
 */
export const ownUnlessToken: OriginRule = (c) =>
  sendsToken(c) || readCookie(c, "account") === undefined ? ownIfSent(c) : own(c);

/**
 * For sockets, which the same-origin policy does not cover; apps open them by token. A request that
 * is not an upgrade opens nothing.
 */
export const ownForSockets: OriginRule = (c) =>
  sendsToken(c) || c.req.header("Upgrade") === undefined ? ownIfSent(c) : own(c);

/** For what an app sends as JSON and our own page as a form, which is answered with a cookie. */
export const ownForForms: OriginRule = (c) => (isForm(c) ? own(c) : ownIfSent(c));

/**
 * For reads that clear a cookie, which another site could cause by leading the browser here. Our
 * pages' own calls always say `same-origin` (W3C Fetch Metadata); over plain http, which is for
 * local work, browsers say nothing.
 */
export function isFromOwnPage(c: Ctx): boolean {
  const site = c.req.header("Sec-Fetch-Site");
  if (site === undefined) return new URL(c.req.url).protocol === "http:";
  return site === "same-origin";
}
