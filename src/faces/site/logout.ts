import { audit } from "../../core/audit.ts";
import type { Ctx } from "../../http/context.ts";
import { isForm } from "../../http/input.ts";
import { endSession } from "../../http/session.ts";
import { placeOf } from "../../http/visitor.ts";

/** `POST /logout`: ends the session, if there is one; a form goes on to the login page. */
export function logout(c: Ctx): Response {
  endSession(c);
  audit("session.signed_out", { place: placeOf(c) });
  return isForm(c) ? c.redirect("/", 303) : c.json({});
}
