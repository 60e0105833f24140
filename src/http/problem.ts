/** The ways a refusal leaves: logged with its reason, told without. */
import { audit } from "../core/audit.ts";
import { wireOf, type Refusal } from "../core/refusal.ts";
import type { Ctx } from "./context.ts";
import { placeOf } from "./visitor.ts";

/** For a refusal that is told in another form than a problem: as a page, or as verify's number. */
export function logRefusal(c: Ctx, { refused, reason, detail }: Refusal): void {
  audit("refused", {
    uuid: c.var.uuid,
    user: c.var.user,
    code: refused,
    reason: reason ?? detail,
    call: `${c.req.method} ${c.req.path}`,
    place: placeOf(c),
  });
}

/** RFC 9457 problem details. */
export function problem(c: Ctx, refusal: Refusal): Response {
  logRefusal(c, refusal);
  const { refused: code, detail, retryAfterS } = refusal;
  const { status, title } = wireOf(code);
  const headers = new Headers({ "Content-Type": "application/problem+json" });
  if (retryAfterS !== undefined) headers.set("Retry-After", String(retryAfterS));
  if (status === 426) headers.set("Upgrade", "websocket");
  // RFC 9110, section 15.5.2: a 401 names the scheme that would help.
  if (status === 401) headers.set("WWW-Authenticate", "Bearer");
  const body = { title, status, code, ...(detail !== undefined && { detail }) };
  return new Response(JSON.stringify(body), { status, headers });
}
