/** What a row of the table of clients says (RFC 7591's words, where it has them), and whether it may. */
import * as v from "valibot";
import { isLoopback } from "../core/hosts.ts";
import { refuse, type Refusal } from "../core/refusal.ts";

export const authMethods = [
  "none",
  "client_secret_basic",
  "client_secret_post",
  "private_key_jwt",
] as const;
export type AuthMethod = (typeof authMethods)[number];

export const grantTypes = [
  "authorization_code",
  "refresh_token",
  "urn:ietf:params:oauth:grant-type:device_code",
] as const;
export type GrantType = (typeof grantTypes)[number];

export interface Client {
  /** [A-Za-z0-9]+ */
  readonly id: string;
  /** Cleaned when it came in. */
  readonly name: string;
  /** Of the first redirect URI; empty where that is a loopback one. */
  readonly host: string;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly backchannelLogoutUri?: string;
  readonly auth: AuthMethod;
  /** SHA-256 in hex of a secret of 256 bits or more; to be compared in constant time. */
  readonly secretHash?: string;
  /** Public keys, for `private_key_jwt`. */
  readonly jwks?: { readonly keys: readonly object[] };
  readonly grants: readonly GrantType[];
  readonly scopes: readonly string[];
  readonly claimsInIdToken: boolean;
}

const json = <S extends v.GenericSchema>(schema: S) => v.pipe(v.string(), v.parseJson(), schema);

const uri = v.pipe(
  v.string(),
  v.check((it) => URL.canParse(it)),
);
const uris = json(v.array(uri));

/** SQLite knows no absence but null. */
const optional = <S extends v.GenericSchema>(schema: S) => v.nullable(schema);

const row = v.object({
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9]+$/)),
  name: v.pipe(v.string(), v.nonEmpty()),
  redirect_uris: uris,
  post_logout_redirect_uris: uris,
  backchannel_logout_uri: optional(uri),
  auth: v.picklist(authMethods),
  secret_hash: optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
  jwks: optional(json(v.object({ keys: v.pipe(v.array(v.looseObject({})), v.minLength(1)) }))),
  grants: json(v.array(v.picklist(grantTypes))),
  scopes: json(v.array(v.string())),
  claims_in_id_token: v.picklist([0, 1]),
});

/** A row as it is stored. */
export type ClientRow = Readonly<v.InferInput<typeof row>>;

/** @returns the client; or `unavailable`, with the column that is not usable as its cause */
export function readClient(given: unknown): Client | Refusal<"unavailable"> {
  const read = v.safeParse(row, given, { abortEarly: true });
  if (!read.success) {
    const cause = v.getDotPath(read.issues[0]) ?? "row";
    return refuse("unavailable", { reason: "client_row_unusable", cause });
  }
  const it = read.output;
  const lacks = whatItLacks(it);
  if (lacks !== undefined) {
    return refuse("unavailable", { reason: "client_row_unusable", cause: lacks });
  }
  return {
    id: it.id,
    name: it.name,
    host: hostOf(it.redirect_uris),
    redirectUris: it.redirect_uris,
    postLogoutRedirectUris: it.post_logout_redirect_uris,
    ...(it.backchannel_logout_uri !== null && { backchannelLogoutUri: it.backchannel_logout_uri }),
    auth: it.auth,
    ...(it.secret_hash !== null && { secretHash: it.secret_hash }),
    ...(it.jwks !== null && { jwks: it.jwks }),
    grants: it.grants,
    scopes: it.scopes,
    claimsInIdToken: it.claims_in_id_token === 1,
  };
}

/** What a client of this kind proves itself with, and has not got. */
function whatItLacks(it: v.InferOutput<typeof row>): string | undefined {
  switch (it.auth) {
    case "none":
      return undefined;
    case "client_secret_basic":
    case "client_secret_post":
      return it.secret_hash === null ? "secret_hash" : undefined;
    case "private_key_jwt":
      return it.jwks === null ? "jwks" : undefined;
  }
}

function hostOf([first]: readonly string[]): string {
  const url = first === undefined ? null : URL.parse(first);
  return url === null || isLoopback(url.hostname) ? "" : url.host;
}
