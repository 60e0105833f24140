/**
 * Single sign-on, where SSO_TTL_S is set: a session of this deployment's own front door answers a
 * site, through a login object like any other. A yes on a phone for one site begins no session here,
 * so what answers was always a yes to this deployment; and no session ever answers for a phone.
 *
 * The browser is led here by another site's page: that is how every request comes. So nothing is
 * asked here that a click could be stolen for; the answer goes to a registered address alone, where
 * the site's own `state` or challenge says whether it asked; and only being led counts, not what a
 * page may fetch.
 */
import { randomUUID } from "node:crypto";
import { isRefusal } from "../../core/refusal.ts";
import type { SigningKeys } from "../../core/signing-keys.ts";
import { tell, type Answer } from "../../http/answering.ts";
import { overAttachLimit } from "../../http/attach-limit.ts";
import type { Ctx } from "../../http/context.ts";
import { sessionOf } from "../../http/session.ts";
import { browserOf } from "../../http/visitor.ts";
import type { Token } from "../../identity/tokens.ts";
import { digestOf } from "../../login/browser-key.ts";
import { loginOf } from "../../login/gateway.ts";
import { mintUuid } from "../../login/uuid.ts";
import type { Client } from "../../sites/client.ts";
import { sendToSite, toldToSite } from "./answer.tsx";
import { codeFor } from "./code.ts";
import { issuerOf } from "./issuer.ts";
import { asUsedUp } from "./pushed.ts";
import type { SiteRequest } from "./site-request.ts";

/** @returns the session that may answer this request, if there is one */
export async function answeringSession(
  c: Ctx,
  signing: SigningKeys,
  { client, wishes }: SiteRequest,
): Promise<Token | undefined> {
  const { ssoTtlS } = c.get("config");
  if (ssoTtlS === 0 || wishes.isAsked || !isLedHere(c)) return undefined;
  const session = await sessionOf(c);
  if (session === undefined) return undefined;
  const ageS = Date.now() / 1000 - session.issuedAt;
  if (ageS >= Math.min(ssoTtlS, wishes.maxAgeS ?? Infinity)) return undefined;
  if (wishes.hint === undefined) return session;
  const expected = await subOf(c, signing, client, wishes.hint);
  return expected === session.user.sub ? session : undefined;
}

/** @param uuid of the login that a pushed request may begin */
export async function answerBySession(
  c: Ctx,
  { client, to, asked }: SiteRequest,
  { user, issuedAt, sid }: Token & { readonly sid?: string },
  uuid = mintUuid(c.get("config").keys.uuid, Date.now()),
): Promise<Answer> {
  c.set("uuid", uuid);
  c.set("user", user.sub);
  const flooded = await overAttachLimit(c, uuid);
  if (flooded) return flooded;
  // Nobody else's: what this owner may do is done in this one request.
  const owner = digestOf(randomUUID());
  const { id, name, host } = client;
  const answering = { authTime: issuedAt, ...(sid !== undefined && { sid }) };
  const vouched = await loginOf(c.env, uuid).vouch(
    { kind: "attach", owner, browser: browserOf(c), site: { id, name, host } },
    { kind: "vouch", owner, user, session: answering, asked },
  );
  if (isRefusal(vouched)) {
    const refusal = asUsedUp(vouched);
    return refusal.refused === "unavailable" ? refusal : tell(c, refusal, toldToSite(to));
  }
  const code = codeFor(c.get("config").keys, uuid, client.id, vouched.confirmedAt);
  return sendToSite(c, to, { code });
}

/** By a link, a form or a redirect. Browsers say so, all that are kept up to date (Fetch Metadata). */
function isLedHere(c: Ctx): boolean {
  return (c.req.header("Sec-Fetch-Mode") ?? "navigate") === "navigate";
}

/** Whom a hint names: an id token that we gave this client, over or not (section 3.1.2.2). */
async function subOf(
  c: Ctx,
  signing: SigningKeys,
  { id: audience }: Client,
  hint: string,
): Promise<string | undefined> {
  const issuer = issuerOf(c);
  const expected = { typ: "JWT", issuer, audience, now: Date.now(), evenExpired: true } as const;
  const claims = await signing.verify(hint, expected);
  return isRefusal(claims) ? undefined : claims.sub;
}
