/** How a call is answered: with a response, or with a refusal that each protocol words its own way. */
import { routePath } from "hono/route";
import { audit } from "../core/audit.ts";
import type { Refusal } from "../core/refusal.ts";
import type { Ctx } from "./context.ts";
import { placeOf } from "./visitor.ts";

export type Answer = Response | Refusal;
export type Handler = (c: Ctx) => Answer | Promise<Answer>;

/** A protocol's wording of a refusal: `problem`, `noticePage`, … It only words; `tell` logs. */
export type Wire = (c: Ctx, refusal: Refusal) => Response | Promise<Response>;

/** The one way out for a refusal: logged here, once, with its reason; told without. */
export async function tell(c: Ctx, refusal: Refusal, wire: Wire): Promise<Response> {
  const { refused, reason, cause, detail } = refusal;
  audit("refused", {
    uuid: c.get("uuid"),
    user: c.get("user"),
    code: refused,
    reason,
    cause: cause ?? detail,
    call: `${c.req.method} ${routePath(c, -1)}`,
    place: placeOf(c),
  });
  return wire(c, refusal);
}
