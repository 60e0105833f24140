import { randomUUID } from "node:crypto";
import { isRefusal, refuse, type Refusal } from "../../../core/refusal.ts";
import type { Ctx } from "../../../http/context.ts";
import { digestOf } from "../../../login/browser-key.ts";
import { loginOf } from "../../../login/gateway.ts";
import { userOf, type Grant } from "../../../users/gateway.ts";
import { grantIdOf, readCode } from "../code.ts";
import { refuseAs } from "../errors.ts";
import { issuerOf } from "../issuer.ts";
import { issueTokens } from "../tokens.ts";
import type { GrantHandler } from "./grant.ts";

/** `authorization_code` (RFC 6749, section 4.1.3), with its verifier (RFC 7636, section 4.5). */
export const byCode: GrantHandler = {
  grantType: "authorization_code",
  async exchange(c, { client, fields, signing }) {
    const { code, redirect_uri: redirectUri, code_verifier: verifier } = fields;
    if (code === undefined) return refuseAs("invalid_request", "code is missing");
    if (redirectUri === undefined) return refuseAs("invalid_request", "redirect_uri is missing");
    const { keys, rules } = c.get("config");
    const now = Date.now();
    const read = readCode(keys, code, client.id, now, rules);
    if (isRefusal(read)) return read;
    const { uuid, confirmedAt } = read;
    c.set("uuid", uuid);
    const exchanged = await loginOf(c.env, uuid).exchange({
      kind: "exchange",
      site: client.id,
      confirmedAt,
      redirectUri,
      attempt: randomUUID(),
      ...(verifier !== undefined && { challenge: challengeOf(verifier) }),
    });
    if (isRefusal(exchanged)) return asGrantFault(exchanged);
    const { user, code: asked, needsNumber, session, isAgain } = exchanged;
    const owner = userOf(c.env, keys, user.sub);
    const id = grantIdOf(keys, uuid);
    if (isAgain) return takeBack(c, () => owner.end(id), user.sub);
    const { scope, nonce } = asked;
    const grant: Grant = {
      id,
      clientId: client.id,
      user,
      scope,
      authTime: session?.authTime ?? Math.floor(confirmedAt / 1000),
      // RFC 8176: somebody was there; with the number, on two channels.
      amr: needsNumber ? ["user", "mca"] : ["user"],
      sid: session?.sid ?? id,
      ...(nonce !== undefined && { nonce }),
    };
    const begun = await owner.begin(grant);
    if (isRefusal(begun)) return begun;
    const { refreshToken } = begun;
    const issuer = issuerOf(c);
    return issueTokens(signing, { issuer, client, grant, scope, nonce, refreshToken, now });
  },
};

/** One that is not of RFC 7636's shape answers no challenge. */
function challengeOf(verifier: string): string {
  return /^[\w.~-]{43,128}$/.test(verifier) ? digestOf(verifier) : "";
}

/** A code that is used twice is in two hands (RFC 6749, section 4.1.2). */
async function takeBack(
  c: Ctx,
  end: () => Promise<Refusal | undefined>,
  sub: string,
): Promise<Refusal> {
  c.set("user", sub);
  return (await end()) ?? refuse("bad_grant", { reason: "code_reused" });
}

/** Whatever became of the login, to the client its code is not good. */
function asGrantFault(refusal: Refusal): Refusal {
  const isOurs = refusal.refused === "unavailable" || refusal.refused === "bad_grant";
  return isOurs ? refusal : refuse("bad_grant", { reason: "code_unknown" });
}
