import * as v from "valibot";
import { BODY_MAX_BYTES } from "../../core/limits.ts";
import { isRefusal } from "../../core/refusal.ts";
import type { Answer } from "../../http/answering.ts";
import type { Ctx } from "../../http/context.ts";
import { clearCookie } from "../../http/cookies.ts";
import { checkUuid, isForm, readForm, readJson, requiredText } from "../../http/input.ts";
import { safeReturnTo } from "../../http/return-to.ts";
import { startSession } from "../../http/session.ts";
import { browserKeyOf } from "../../http/waiting-browser.ts";
import { loginOf } from "../../login/gateway.ts";
import { verifyTicket } from "../../login/ticket.ts";
import type { Redeemed } from "../../login/view.ts";

const redemption = v.object({
  uuid: requiredText(64),
  ticket: requiredText(BODY_MAX_BYTES),
  time: v.pipe(v.number(), v.integer()),
  return_to: v.optional(v.string()),
  /** Made up by the browser, once per login: with it, a redemption whose answer was lost can be repeated. */
  attempt: v.optional(requiredText(64)),
});
/** A form has only text; the rest is the same. */
const redemptionForm = v.object({
  ...redemption.entries,
  time: v.pipe(requiredText(16), v.transform(Number), v.integer()),
});

/**
 * `POST /login/qrcode`: the ticket for a session. Every check that can fail comes before the ticket
 * is used up.
 */
export async function redeem(c: Ctx): Promise<Answer> {
  const body = await (isForm(c) ? readForm(c, redemptionForm) : readJson(c, redemption));
  if (isRefusal(body)) return body;
  const uuid = checkUuid(c, body.uuid);
  if (isRefusal(uuid)) return uuid;
  const key = browserKeyOf(c, uuid);
  if (isRefusal(key)) return key;
  const ticket = verifyTicket(c.get("config").keys.ticket, uuid, body.ticket, body.time);
  if (isRefusal(ticket)) return ticket;

  const event = {
    kind: "redeem",
    owner: key.owner,
    sub: ticket.sub,
    confirmedAt: body.time,
    ...(body.attempt !== undefined && { attempt: body.attempt }),
  } as const;
  const user = await loginOf(c.env, uuid).redeem(event);
  if (isRefusal(user)) return user;
  await startSession(c, user);
  clearCookie(c, `login-${uuid}`);
  const returnTo = safeReturnTo(body.return_to, new URL(c.req.url).origin);
  return isForm(c) ? c.redirect(returnTo, 303) : c.json({ return_to: returnTo } satisfies Redeemed);
}
