/**
 * A pushed request (RFC 9126): its `request_uri` is the request itself, with the uuid of the one
 * login that it may begin, signed for its client. Pushing stores nothing. Beginning is that login's
 * first event, so a `request_uri` is one-time by the rules of every login: it belongs to the browser
 * that opened it first, which may load its page again (section 4), and ends with its login.
 */
import { PUSHED_WITHIN_S } from "../../core/limits.ts";
import { sign, verify, type Form } from "../../core/keys.ts";
import { isRefusal, type Refusal } from "../../core/refusal.ts";
import type { Answer } from "../../http/answering.ts";
import { overAttachLimit } from "../../http/attach-limit.ts";
import type { Ctx } from "../../http/context.ts";
import { browserOf } from "../../http/visitor.ts";
import { askingSite, giveKey, keyFor } from "../../http/waiting-browser.ts";
import type { Audience } from "../../login/browser-key.ts";
import { loginOf } from "../../login/gateway.ts";
import { hasEnded } from "../../login/machine.ts";
import { mintTimeOf, mintUuid } from "../../login/uuid.ts";
import { authenticateClient } from "./client-auth.ts";
import { refuseAs } from "./errors.ts";
import { readFields } from "./fields.ts";
import { checkSiteRequest, siteRequestFields } from "./site-request.ts";

const prefix = "urn:ietf:params:oauth:request_uri:";
const shape = /^([\w-]{1,8000})\.([0-9a-f-]{36})\.([\w-]{43})$/;
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
  const { keys } = c.get("config");
  const uuid = mintUuid(keys.uuid, Date.now());
  const signature = sign(keys.pushed, [client.id, query, uuid], form);
  const request_uri = `${prefix}${query}.${uuid}.${signature}`;
  return c.json({ request_uri, expires_in: withinS(c) }, 201);
}

/** What a request says, and, where it was pushed, the uuid of the one login that it may begin. */
export interface Expanded {
  readonly query: URLSearchParams;
  readonly uuid?: string;
}

/** @returns the request that was pushed, if this is one; else the query as it is; or a refusal */
export function expandPushed(c: Ctx, query: URLSearchParams): Expanded | Refusal {
  const [uri = "", ...more] = query.getAll("request_uri");
  if (!uri.startsWith(prefix) || more.length > 0) return { query };
  const [, encoded = "", uuid = "", signature = ""] = shape.exec(uri.slice(prefix.length)) ?? [];
  const parts = [query.get("client_id") ?? "", encoded, uuid];
  if (!verify(c.get("config").keys.pushed, parts, form, signature)) {
    return refuseAs("invalid_request_uri", "request_uri is not one of this client");
  }
  // A uuid knows its second alone, and nobody may be told too long a time.
  if (Date.now() >= mintTimeOf(uuid) + (withinS(c) + 1) * 1000) {
    return refuseAs("invalid_request_uri", "request_uri is too old");
  }
  // Only what was pushed counts (RFC 9126, section 4).
  return { query: new URLSearchParams(Buffer.from(encoded, "base64url").toString()), uuid };
}

/**
 * Begins the one login of a pushed request for this browser, or goes on with it after a reload.
 *
 * @returns what its page shows; or `invalid_request_uri` where another browser was first, or the
 * login is over; or `rate_limited`, or `unavailable`
 */
export async function beginPushed(c: Ctx, uuid: string, audience: Audience) {
  const flooded = await overAttachLimit(c, uuid);
  if (flooded) return flooded;
  const site = await askingSite(c, { audience });
  if (isRefusal(site)) return site;
  const { key, owner } = keyFor(c, uuid, audience);
  const event = { kind: "attach", owner, browser: browserOf(c), ...(site && { site }) } as const;
  const view = await loginOf(c.env, uuid).asBrowser(event);
  if (isRefusal(view)) return asUsedUp(view);
  if (hasEnded(view)) return usedUp();
  return { ...giveKey(c, uuid, key), expiresInS: view.expires_in };
}

/** What a login refuses because it is another's, or over, is a `request_uri` that was used. */
export function asUsedUp(refusal: Refusal): Refusal {
  return refusal.refused === "unavailable" ? refusal : usedUp(refusal);
}

function usedUp({ reason }: Pick<Refusal, "reason"> = {}): Refusal {
  return refuseAs("invalid_request_uri", "request_uri was used already", reason && { reason });
}

/** Its login could not begin any later. */
function withinS(c: Ctx): number {
  return Math.min(PUSHED_WITHIN_S, c.get("config").scanWithinS);
}
