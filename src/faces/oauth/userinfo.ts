import { isRefusal, refuse, type Refusal } from "../../core/refusal.ts";
import type { SigningKeys } from "../../core/signing-keys.ts";
import type { Answer } from "../../http/answering.ts";
import type { Ctx } from "../../http/context.ts";
import { clientOf } from "../../sites/client.ts";
import { userOf } from "../../users/gateway.ts";
import { readAccessToken } from "./access-token.ts";
import { refuseAs } from "./errors.ts";
import { readFields } from "./fields.ts";
import { issuerOf } from "./issuer.ts";
import { allowOwnPages } from "./own-pages.ts";
import { claimsOf, has } from "./scopes.ts";
import { textIn } from "./unverified.ts";

/** `GET` and `POST /oauth/userinfo` (OpenID Connect Core, section 5.3): claims by the token's scope. */
export async function userinfo(c: Ctx, signing: SigningKeys): Promise<Answer> {
  const token = await tokenOf(c);
  if (isRefusal(token)) return token;
  await allowPagesOf(c, token);
  const access = await readAccessToken(c, signing, token);
  if (isRefusal(access)) return access;
  const { sub, grantId, scope } = access;
  c.set("user", sub);
  if (!has(scope, "openid")) {
    return refuseAs("insufficient_scope", "the scope openid is needed");
  }
  const state = await userOf(c.env, c.get("config").keys, sub).stateOf(grantId);
  if (isRefusal(state)) {
    if (state.refused !== "bad_grant") return state;
    const { reason } = state;
    return refuse("unauthenticated", reason && { reason });
  }
  return c.json({ sub, ...claimsOf(state.grant.user, scope, issuerOf(c)) });
}

/** Whatever becomes of the token: a page must be able to read that it is over. */
async function allowPagesOf(c: Ctx, token: string): Promise<void> {
  const id = c.req.header("Origin") && textIn(token, "client_id");
  const client = id && (await clientOf(c.env.DB, id, Date.now()));
  if (client && !isRefusal(client)) allowOwnPages(c, client);
}

/** In the header, or in the body of a form; in one of them (RFC 6750, section 2). */
async function tokenOf(c: Ctx): Promise<string | Refusal> {
  const header = c.req.header("Authorization");
  const isPlainGet = c.req.method !== "POST" || c.req.header("Content-Type") === undefined;
  const fields = isPlainGet ? {} : await readFields(c);
  if (isRefusal(fields)) return fields;
  const { access_token: inBody } = fields;
  if (header !== undefined && inBody !== undefined) {
    return refuseAs("invalid_request", "the token is there twice");
  }
  const token = inBody ?? /^Bearer +([\w\-.~+/]+=*)$/i.exec(header ?? "")?.[1];
  return token ?? refuse("unauthenticated", { reason: "token_missing" });
}
