/**
 * A pushed request (RFC 9126): its `request_uri` is the request itself, signed for its client and
 * for a while. Nothing is stored, so it is not one-time: until it is too old it can be begun again,
 * by whoever has it, and each time somebody is asked on a phone.
 */
import { PUSHED_WITHIN_S } from "../../core/limits.ts";
import { sign, verify, type Form } from "../../core/keys.ts";
import { isRefusal, type Refusal } from "../../core/refusal.ts";
import type { Answer } from "../../http/answering.ts";
import type { Ctx } from "../../http/context.ts";
import { authenticateClient } from "./client-auth.ts";
import { refuseAs } from "./errors.ts";
import { readFields } from "./fields.ts";
import { checkSiteRequest, siteRequestFields } from "./site-request.ts";

const prefix = "urn:ietf:params:oauth:request_uri:";
const shape = /^([\w-]{1,8000})\.([0-9a-z]{1,11})\.([\w-]{43})$/;
const form: Form = { bytes: 32, encoding: "base64url" };

/** `POST /oauth/par`: `{request_uri, expires_in}`. */
export async function pushRequest(c: Ctx): Promise<Answer> {
  const fields = await readFields(c);
  if (isRefusal(fields)) return fields;
  const client = await authenticateClient(c, fields);
  if (isRefusal(client)) return client;
  if (fields["request_uri"] !== undefined) {
    return refuseAs("invalid_request", "a pushed request has no request_uri");
  }
  const pushed = { ...fields, client_id: client.id };
  const request = await checkSiteRequest(c, pushed);
  if (isRefusal(request)) return request;
  if ("refusal" in request) return request.refusal;
  const kept = Object.entries(pushed).filter(([name]) => siteRequestFields.includes(name));
  const query = Buffer.from(new URLSearchParams(kept).toString()).toString("base64url");
  const until = (Date.now() + PUSHED_WITHIN_S * 1000).toString(36);
  const signature = sign(c.get("config").keys.pushed, [client.id, query, until], form);
  const request_uri = `${prefix}${query}.${until}.${signature}`;
  return c.json({ request_uri, expires_in: PUSHED_WITHIN_S }, 201);
}

/** @returns the request that was pushed, if this is one; else the query as it is; or a refusal */
export function expandPushed(c: Ctx, query: URLSearchParams): URLSearchParams | Refusal {
  const [uri = "", ...more] = query.getAll("request_uri");
  if (!uri.startsWith(prefix) || more.length > 0) return query;
  const [, encoded = "", until = "", signature = ""] = shape.exec(uri.slice(prefix.length)) ?? [];
  const parts = [query.get("client_id") ?? "", encoded, until];
  if (!verify(c.get("config").keys.pushed, parts, form, signature)) {
    return refuseAs("invalid_request_uri", "request_uri is not one of this client");
  }
  if (Date.now() >= Number.parseInt(until, 36)) {
    return refuseAs("invalid_request_uri", "request_uri is too old");
  }
  // Only what was pushed counts (RFC 9126, section 4).
  return new URLSearchParams(Buffer.from(encoded, "base64url").toString());
}
