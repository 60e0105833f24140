/** An access token of ours, and the grant that it stands for. */
import * as v from "valibot";
import { TOKEN_MAX_CHARS } from "../../core/limits.ts";
import { isRefusal, refuse, type Refusal } from "../../core/refusal.ts";
import type { SigningKeys } from "../../core/signing-keys.ts";
import type { Ctx } from "../../http/context.ts";
import { issuerOf } from "./issuer.ts";

export interface AccessToken {
  readonly sub: string;
  readonly clientId: string;
  readonly grantId: string;
  readonly scope: string;
  /** Seconds since the epoch. */
  readonly exp: number;
  readonly iat: number;
  readonly jti: string;
}

const shape = v.object({
  sub: v.string(),
  client_id: v.string(),
  grant_id: v.string(),
  scope: v.string(),
  exp: v.number(),
  iat: v.number(),
  jti: v.string(),
});

/** @returns what it says; whether its grant is going on is for the user's object to say */
export async function readAccessToken(
  c: Ctx,
  signing: SigningKeys,
  token: string,
): Promise<AccessToken | Refusal> {
  if (token.length > TOKEN_MAX_CHARS) {
    return refuse("unauthenticated", { reason: "token_too_long" });
  }
  const issuer = issuerOf(c);
  const expected = { typ: "at+jwt", issuer, audience: issuer, now: Date.now() } as const;
  const claims = await signing.verify(token, expected);
  if (isRefusal(claims)) return claims;
  const read = v.safeParse(shape, claims);
  if (!read.success) return refuse("unauthenticated", { reason: "token_invalid" });
  const { sub, client_id: clientId, grant_id: grantId, scope, exp, iat, jti } = read.output;
  return { sub, clientId, grantId, scope, exp, iat, jti };
}
