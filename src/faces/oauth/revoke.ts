import { isRefusal } from "../../core/refusal.ts";
import type { SigningKeys } from "../../core/signing-keys.ts";
import type { Answer } from "../../http/answering.ts";
import type { Ctx } from "../../http/context.ts";
import { authenticateClient } from "./client-auth.ts";
import { refuseAs } from "./errors.ts";
import { readFields } from "./fields.ts";
import { endIssued } from "./issued-token.ts";

/**
 * `POST /oauth/revoke` (RFC 7009): ends the whole grant, whichever of its tokens is shown. One that
 * is not valid, or another client's, is answered the same, and nothing happens.
 */
export async function revoke(c: Ctx, signing: SigningKeys): Promise<Answer> {
  const fields = await readFields(c);
  if (isRefusal(fields)) return fields;
  const client = await authenticateClient(c, fields);
  if (isRefusal(client)) return client;
  const { token } = fields;
  if (token === undefined) return refuseAs("invalid_request", "token is missing");
  const fault = await endIssued(c, signing, client, token);
  return fault?.refused === "unavailable" ? fault : c.body(null, 200);
}
