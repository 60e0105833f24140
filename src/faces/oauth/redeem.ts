import * as v from "valibot";
import { BODY_MAX_BYTES, SITE_REQUEST_MAX_CHARS } from "../../core/limits.ts";
import { isRefusal, refuse } from "../../core/refusal.ts";
import type { Answer } from "../../http/answering.ts";
import type { Ctx } from "../../http/context.ts";
import { clearCookie } from "../../http/cookies.ts";
import { checkUuid, readJson, requiredText } from "../../http/input.ts";
import { browserKeyOf } from "../../http/waiting-browser.ts";
import { digestOf } from "../../login/browser-key.ts";
import { loginOf } from "../../login/gateway.ts";
import { verifyTicket } from "../../login/ticket.ts";
import { answerFor, outcomeOf } from "./answer.tsx";
import { codeFor } from "./code.ts";
import { refuseAs } from "./errors.ts";
import { readSiteRequest } from "./site-request.ts";

const redemption = v.object({
  uuid: requiredText(64),
  /** As the login page was given it. */
  request: requiredText(SITE_REQUEST_MAX_CHARS),
  /** Neither is there where the user said no. */
  ticket: v.optional(requiredText(BODY_MAX_BYTES)),
  time: v.optional(v.pipe(v.number(), v.integer())),
  attempt: v.optional(requiredText(64)),
});

/**
 * `POST /oauth/redeem`: the ticket of a login that a site asked for, against the answer for that
 * site. Without a ticket the answer is `access_denied`. Words refusals as the front door does, for
 * the same page calls both.
 */
export async function redeemForSite(c: Ctx): Promise<Answer> {
  const body = await readJson(c, redemption);
  if (isRefusal(body)) return body;
  const uuid = checkUuid(c, body.uuid);
  if (isRefusal(uuid)) return uuid;
  const key = browserKeyOf(c, uuid);
  if (isRefusal(key)) return key;
  if (key.audience?.digest !== digestOf(body.request)) {
    return refuse("not_your_browser", { reason: "request_differs" });
  }
  // Once more, for its client may have changed meanwhile.
  const request = await readSiteRequest(c, new URLSearchParams(body.request));
  if (isRefusal(request)) return request;
  const { to } = request;
  if ("refusal" in request) return c.json(answerFor(c, to, outcomeOf(request.refusal)));
  const { ticket, time, attempt } = body;
  if (ticket === undefined || time === undefined) {
    const refusal = refuseAs("access_denied", "the user said no");
    return c.json(answerFor(c, to, outcomeOf(refusal)));
  }
  const { keys } = c.get("config");
  const valid = verifyTicket(keys.ticket, uuid, ticket, time);
  if (isRefusal(valid)) return valid;
  const user = await loginOf(c.env, uuid).redeem({
    kind: "redeem",
    owner: key.owner,
    sub: valid.sub,
    confirmedAt: time,
    asked: request.asked,
    ...(attempt !== undefined && { attempt }),
  });
  if (isRefusal(user)) return user;
  clearCookie(c, `login-${uuid}`);
  const code = codeFor(keys, uuid, request.client.id, time);
  return c.json(answerFor(c, to, { code }));
}
