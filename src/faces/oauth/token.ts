import { isRefusal } from "../../core/refusal.ts";
import type { SigningKeys } from "../../core/signing-keys.ts";
import type { Answer } from "../../http/answering.ts";
import type { Ctx } from "../../http/context.ts";
import { authenticateClient } from "./client-auth.ts";
import { refuseAs } from "./errors.ts";
import { readFields } from "./fields.ts";
import { byCode } from "./grants/code.ts";
import type { GrantHandler } from "./grants/grant.ts";
import { byRefreshToken } from "./grants/refresh.ts";

export const grantHandlers: readonly GrantHandler[] = [byCode, byRefreshToken];

/** `POST /oauth/token`: a code, or a refresh token, for tokens. */
export async function token(c: Ctx, signing: SigningKeys): Promise<Answer> {
  const fields = await readFields(c);
  if (isRefusal(fields)) return fields;
  const client = await authenticateClient(c, fields);
  if (isRefusal(client)) return client;
  const { grant_type: grantType } = fields;
  if (grantType === undefined) return refuseAs("invalid_request", "grant_type is missing");
  const handler = grantHandlers.find((it) => it.grantType === grantType);
  if (handler === undefined) {
    return refuseAs("unsupported_grant_type", "grant_type is not one that is supported");
  }
  if (!client.grants.includes(handler.grantType)) {
    return refuseAs("unauthorized_client", "this client may not use this grant_type");
  }
  const answer = await handler.exchange(c, { client, fields, signing });
  return isRefusal(answer) ? answer : c.json(answer);
}
