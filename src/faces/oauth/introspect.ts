import { isRefusal } from "../../core/refusal.ts";
import type { SigningKeys } from "../../core/signing-keys.ts";
import type { Answer } from "../../http/answering.ts";
import type { Ctx } from "../../http/context.ts";
import { authenticateClient } from "./client-auth.ts";
import { refuseAs } from "./errors.ts";
import { readFields } from "./fields.ts";
import { issuedToken } from "./issued-token.ts";
import { issuerOf } from "./issuer.ts";

/** `POST /oauth/introspect` (RFC 7662): of a client's own tokens, for clients that can keep a secret. */
export async function introspect(c: Ctx, signing: SigningKeys): Promise<Answer> {
  const fields = await readFields(c);
  if (isRefusal(fields)) return fields;
  const client = await authenticateClient(c, fields);
  if (isRefusal(client)) return client;
  if (client.auth === "none") {
    return refuseAs("unauthorized_client", "a public client may not introspect");
  }
  const { token } = fields;
  if (token === undefined) return refuseAs("invalid_request", "token is missing");
  const issued = await issuedToken(c, signing, client, token);
  if (isRefusal(issued)) {
    return issued.refused === "unavailable" ? issued : c.json({ active: false });
  }
  const { grant, access } = issued;
  const { clientId: client_id, authTime: auth_time, user } = grant;
  const iss = issuerOf(c);
  const common = { active: true, iss, sub: user.sub, client_id, auth_time };
  if (access === undefined) return c.json({ ...common, scope: grant.scope });
  const { scope, exp, iat, jti } = access;
  return c.json({ ...common, scope, exp, iat, jti, aud: iss, token_type: "Bearer" });
}
