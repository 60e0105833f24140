/** A client as somebody asks for it, and the row that it becomes. Faults are thrown as sentences. */
import { createHash, randomInt } from "node:crypto";
import * as v from "valibot";
import { isLoopback } from "../core/hosts.ts";
import { nameFrom } from "../core/name.ts";
import {
  authMethods,
  grantTypes,
  type AuthMethod,
  type ClientRow,
  type GrantType,
} from "../sites/row.ts";

export interface Wishes {
  readonly id: string | undefined;
  /** What users know the site by; its id, where none is given. */
  readonly name?: string | undefined;
  readonly redirectUris?: readonly string[] | undefined;
  readonly postLogoutRedirectUris?: readonly string[] | undefined;
  readonly backchannelLogoutUri?: string | undefined;
  readonly auth?: string | undefined;
  readonly grants?: readonly string[] | undefined;
  /** Separated by spaces. */
  readonly scope?: string | undefined;
  /** JSON */
  readonly jwks?: string | undefined;
  readonly secret?: string | undefined;
  readonly claimsInIdToken?: boolean | undefined;
}

/** Letters and digits only: some clients percent-encode the rest in HTTP Basic, others do not. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** 256 bits: it is stored as a plain SHA-256, which is safe for nothing that could be guessed. */
const SECRET_CHARS = 43;

/** What --grant says, and what it is called on the wire. */
const grantsByName: ReadonlyMap<string, GrantType> = new Map([
  ["authorization_code", "authorization_code"],
  ["refresh_token", "refresh_token"],
  ["device_code", "urn:ietf:params:oauth:grant-type:device_code"],
]);

export function newClient(wishes: Wishes): {
  readonly row: ClientRow;
  readonly madeSecret?: string;
} {
  const { id = "", name, redirectUris = [], postLogoutRedirectUris = [] } = wishes;
  if (!/^[A-Za-z0-9]{1,64}$/.test(id)) fail("--id is 1 to 64 letters and digits.");
  const auth = authFrom(wishes.auth);
  const grants = grantsFrom(wishes.grants);
  const scopes = scopesFrom(wishes.scope);
  const wantsRefresh = grants.includes("refresh_token");
  if (wantsRefresh !== scopes.includes("offline_access")) {
    fail("--grant refresh_token and the scope offline_access go together.");
  }
  if (redirectUris.length === 0 && grants.includes("authorization_code")) {
    fail("--redirect-uri says where a login is answered.");
  }
  for (const uri of redirectUris) checkUri("--redirect-uri", uri);
  for (const uri of postLogoutRedirectUris) checkUri("--post-logout-redirect-uri", uri);
  const { backchannelLogoutUri } = wishes;
  if (backchannelLogoutUri !== undefined)
    checkUri("--backchannel-logout-uri", backchannelLogoutUri);
  const secret = secretFrom(auth, wishes.secret);
  const row: ClientRow = {
    id,
    name: nameFrom(name, id),
    redirect_uris: JSON.stringify(redirectUris),
    post_logout_redirect_uris: JSON.stringify(postLogoutRedirectUris),
    backchannel_logout_uri: backchannelLogoutUri ?? null,
    auth,
    secret_hash: secret === undefined ? null : createHash("sha256").update(secret).digest("hex"),
    jwks: jwksFrom(auth, wishes.jwks),
    grants: JSON.stringify(grants),
    scopes: JSON.stringify(scopes),
    claims_in_id_token: wishes.claimsInIdToken ? 1 : 0,
  };
  const isMade = secret !== undefined && wishes.secret === undefined;
  return { row, ...(isMade && { madeSecret: secret }) };
}

function authFrom(given: string = "client_secret_basic"): AuthMethod {
  const auth = authMethods.find((it) => it === given);
  return auth ?? fail(`--auth is one of ${authMethods.join(", ")}.`);
}

function grantsFrom(given: readonly string[] = ["authorization_code"]): GrantType[] {
  const names = [...grantsByName.keys()].join(", ");
  const grants = given.map((name) => grantsByName.get(name) ?? fail(`--grant is one of ${names}.`));
  if (grants.every((grant) => grant === "refresh_token")) {
    fail("--grant refresh_token goes on with what another --grant began.");
  }
  return grantTypes.filter((it) => grants.includes(it));
}

/** RFC 6749, section 3.3 */
function scopesFrom(given: string = "openid profile"): string[] {
  const scopes = given.split(" ").filter((it) => it !== "");
  const isUsable =
    scopes.length > 0 && scopes.every((it) => /^[\x21\x23-\x5B\x5D-\x7E]+$/.test(it));
  return isUsable
    ? [...new Set(scopes)]
    : fail("--scope is one or more words, separated by spaces.");
}

/**
 * A URI is compared as a string, so it must be spelled as browsers spell it; and what a browser
 * reads differently than a string comparison would be a way around it.
 */
function checkUri(option: string, uri: string): void {
  const url = URL.parse(uri) ?? fail(`${option} ${uri}: it must be an absolute URI.`);
  const isSafe =
    url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
  if (!isSafe) fail(`${option} ${uri}: it must be https, or http on the client's own machine.`);
  if (uri.includes("#")) fail(`${option} ${uri}: it must have no fragment.`);
  if (uri.includes("*")) fail(`${option} ${uri}: it must be one exact URI, without a wildcard.`);
  if (url.username !== "" || url.password !== "") fail(`${option}: it must name no user.`);
  if (url.href !== uri && url.href !== `${uri}/`) {
    fail(`${option} ${uri}: write it as browsers do, ${url.href}`);
  }
}

export function makeSecret(): string {
  const letters = Array.from({ length: SECRET_CHARS }, () => ALPHABET[randomInt(ALPHABET.length)]);
  return letters.join("");
}

function secretFrom(auth: AuthMethod, given: string | undefined): string | undefined {
  if (auth !== "client_secret_basic" && auth !== "client_secret_post") {
    return given === undefined ? undefined : fail(`--auth ${auth} takes no --secret.`);
  }
  if (given === undefined) return makeSecret();
  const isUsable = /^[A-Za-z0-9]{43,128}$/.test(given) && new Set(given).size >= 10;
  return isUsable
    ? given
    : fail(`--secret is ${SECRET_CHARS} to 128 random letters and digits; without it one is made.`);
}

const publicSet = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    keys: v.pipe(
      v.array(v.looseObject({ kty: v.picklist(["RSA", "EC", "OKP"]), d: v.optional(v.never()) })),
      v.minLength(1),
    ),
  }),
);

function jwksFrom(auth: AuthMethod, given: string | undefined): string | null {
  if (auth !== "private_key_jwt") {
    return given === undefined ? null : fail(`--auth ${auth} takes no --jwks.`);
  }
  if (given === undefined)
    fail("--auth private_key_jwt needs --jwks FILE, the client's public keys.");
  const read = v.safeParse(publicSet, given);
  if (!read.success) fail("--jwks is a JSON Web Key set of public keys, and of nothing private.");
  return JSON.stringify(read.output);
}

function fail(sentence: string): never {
  throw new Error(sentence);
}
