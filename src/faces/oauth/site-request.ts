/**
 * What a site asks for (RFC 6749, section 4.1.1; OpenID Connect Core, section 3.1.2.1), checked in
 * the one order that is safe: who asks, where the answer may go, then the rest. Until the second is
 * settled a fault is told to the user alone; from then on to the site.
 */
import { SITE_REQUEST_MAX_CHARS } from "../../core/limits.ts";
import { isRefusal, type Refusal } from "../../core/refusal.ts";
import type { Ctx } from "../../http/context.ts";
import type { Asked } from "../../login/machine.ts";
import { clientOf, type Client } from "../../sites/client.ts";
import { refuseAs } from "./errors.ts";
import { fieldsOf, type Fields } from "./fields.ts";
import { isRegistered } from "./redirect-uri.ts";
import { scopes } from "./scopes.ts";

export interface ReturnAddress {
  readonly redirectUri: string;
  readonly mode: "query" | "form_post";
  readonly state?: string;
}

export interface SiteRequest {
  readonly client: Client;
  readonly to: ReturnAddress;
  readonly asked: Asked;
  readonly wishes: Wishes;
  /** What of it is needed at its end, always written the same way: the browser's key signs it. */
  readonly canonical: string;
}

/** Of whom it is to be answered (OpenID Connect Core, section 3.1.2.1). */
export interface Wishes {
  /** Without a page: what nobody can answer who is not signed in here already. */
  readonly isSilent: boolean;
  /** The user is to be asked, whoever is signed in: `login`, `select_account`, `consent`. */
  readonly isAsked: boolean;
  /** How long ago the user may have been signed in. */
  readonly maxAgeS?: number;
  /** An id token of the user whom the site expects; not looked at yet. */
  readonly hint?: string;
}

/** A fault that the site may be told of. */
export interface Returned {
  readonly to: ReturnAddress;
  readonly refusal: Refusal;
}

/** What counts at a request's end; the rest is for its beginning, or not for us. */
const lasting = [
  "client_id",
  "redirect_uri",
  "response_type",
  "response_mode",
  "scope",
  "state",
  "nonce",
  "code_challenge",
  "code_challenge_method",
] as const;

const known = [
  ...lasting,
  "prompt",
  "max_age",
  "id_token_hint",
  "request",
  "request_uri",
  "registration",
] as const;

export const siteRequestFields: readonly string[] = known;

/** @returns the request; or a fault for the site; or a refusal for the user */
export async function readSiteRequest(
  c: Ctx,
  query: URLSearchParams,
): Promise<SiteRequest | Returned | Refusal> {
  const fields = fieldsOf(query, known);
  return isRefusal(fields) ? fields : checkSiteRequest(c, fields);
}

export async function checkSiteRequest(
  c: Ctx,
  fields: Fields,
): Promise<SiteRequest | Returned | Refusal> {
  const { client_id, redirect_uri: redirectUri, state } = fields;
  if (client_id === undefined) return refuseAs("invalid_request", "client_id is missing");
  const client = await clientOf(c.env.DB, client_id, Date.now());
  if (client === undefined) {
    return refuseAs("invalid_request", "client_id is not known", { reason: "client_unknown" });
  }
  if (isRefusal(client)) return client;
  if (redirectUri === undefined) return refuseAs("invalid_request", "redirect_uri is missing");
  if (!isRegistered(client.redirectUris, redirectUri)) {
    const reason = { reason: "redirect_uri_differs", cause: redirectUri } as const;
    return refuseAs("invalid_request", "redirect_uri is not registered", reason);
  }
  const mode = fields["response_mode"] === "form_post" ? "form_post" : "query";
  const to = { redirectUri, mode, ...(state !== undefined && { state }) } as const;
  const scope = grantedScope(client, fields["scope"]);
  const refusal = faultOf(client, fields, scope);
  if (refusal) return { to, refusal };
  const canonical = canonicalOf(fields);
  if (canonical.length > SITE_REQUEST_MAX_CHARS) {
    return { to, refusal: refuseAs("invalid_request", "the request is too long") };
  }
  const { nonce, code_challenge: challenge } = fields;
  const asked = {
    site: client.id,
    redirectUri,
    scope,
    ...(nonce !== undefined && { nonce }),
    ...(challenge !== undefined && { challenge }),
  };
  return { client, to, asked, wishes: wishesIn(fields), canonical };
}

function wishesIn({ prompt = "", max_age: maxAge, id_token_hint: hint }: Fields): Wishes {
  const prompts = prompt.split(" ");
  return {
    isSilent: prompts.includes("none"),
    isAsked: ["login", "select_account", "consent"].some((it) => prompts.includes(it)),
    ...(maxAge !== undefined && { maxAgeS: Number(maxAge) }),
    ...(hint !== undefined && { hint }),
  };
}

type Check = (client: Client, fields: Fields, scope: string) => Refusal | false | undefined;

/** The first that finds fault is told. */
const checks: readonly Check[] = [
  (_, { request }) =>
    request !== undefined && refuseAs("request_not_supported", "request is not supported"),
  (_, { request_uri }) =>
    request_uri !== undefined &&
    refuseAs("request_uri_not_supported", "request_uri is not one that was pushed here"),
  (_, { registration }) =>
    registration !== undefined &&
    refuseAs("registration_not_supported", "registration is not supported"),
  (_, { response_type }) =>
    response_type === undefined && refuseAs("invalid_request", "response_type is missing"),
  (_, { response_type }) =>
    response_type !== "code" && refuseAs("unsupported_response_type", "response_type must be code"),
  (_, { response_mode = "query" }) =>
    response_mode !== "query" &&
    response_mode !== "form_post" &&
    refuseAs("invalid_request", "response_mode must be query or form_post"),
  ({ grants }) =>
    !grants.includes("authorization_code") &&
    refuseAs("unauthorized_client", "this client may not ask for a code"),
  (client, fields) => pkceFault(client, fields),
  (_, { max_age }) =>
    max_age !== undefined &&
    !/^\d{1,10}$/.test(max_age) &&
    refuseAs("invalid_request", "max_age is not a number of seconds"),
  (_, { prompt = "" }) =>
    prompt.includes(" ") &&
    prompt.split(" ").includes("none") &&
    refuseAs("invalid_request", "prompt none goes with no other"),
  (_client, _fields, scope) =>
    scope === "" && refuseAs("invalid_scope", "scope has nothing that this client may ask for"),
];

function faultOf(client: Client, fields: Fields, scope: string): Refusal | undefined {
  for (const check of checks) {
    const fault = check(client, fields, scope);
    if (fault) return fault;
  }
  return undefined;
}

/** S256 alone (RFC 9700, section 2.1.1); asked of public clients, and of any that begins with it. */
function pkceFault(client: Client, fields: Fields): Refusal | undefined {
  const { code_challenge: challenge, code_challenge_method: method } = fields;
  if (challenge === undefined && method === undefined) {
    if (client.auth !== "none") return undefined;
    return refuseAs("invalid_request", "code_challenge is missing: public clients need PKCE");
  }
  if (method !== "S256") return refuseAs("invalid_request", "code_challenge_method must be S256");
  if (/^[\w-]{43}$/.test(challenge ?? "")) return undefined;
  return refuseAs("invalid_request", "code_challenge is not one of S256");
}

/** What we know, and the client may ask for; the rest is as if it were not there. */
function grantedScope(client: Client, asked: string = ""): string {
  const wanted = asked.split(" ");
  const mayRefresh = client.grants.includes("refresh_token");
  return scopes
    .filter((it) => wanted.includes(it) && client.scopes.includes(it))
    .filter((it) => it !== "offline_access" || mayRefresh)
    .join(" ");
}

function canonicalOf(fields: Fields): string {
  const query = new URLSearchParams();
  for (const name of lasting) {
    const value = fields[name];
    if (value !== undefined) query.set(name, value);
  }
  return query.toString();
}
