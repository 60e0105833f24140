/** What a grant is told as: an access token (RFC 9068), and an id token (OpenID Connect Core, 2). */
import { createHash, randomUUID } from "node:crypto";
import { ACCESS_TOKEN_TTL_S } from "../../core/limits.ts";
import type { SigningKeys } from "../../core/signing-keys.ts";
import type { Client } from "../../sites/client.ts";
import type { Grant } from "../../users/gateway.ts";
import { claimsOf, has } from "./scopes.ts";

/** How somebody was signed in, from weak to strong: by a scan; with the number matched as well. */
export const acrs = { scan: "urn:scan-login:scan", number: "urn:scan-login:scan-number" } as const;

export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: "Bearer";
  readonly expires_in: number;
  readonly scope: string;
  readonly id_token?: string;
  readonly refresh_token?: string;
}

export interface Issue {
  readonly issuer: string;
  readonly client: Client;
  readonly grant: Grant;
  /** Of the grant's scope, what is asked for now. */
  readonly scope: string;
  /** Only the first id token of a grant has it. */
  readonly nonce?: string | undefined;
  readonly refreshToken?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export async function issueTokens(keys: SigningKeys, issue: Issue): Promise<TokenAnswer> {
  const { scope, refreshToken } = issue;
  const access_token = await accessTokenFor(keys, issue);
  return {
    access_token,
    token_type: "Bearer",
    expires_in: ACCESS_TOKEN_TTL_S,
    scope,
    ...(has(scope, "openid") && { id_token: await idTokenFor(keys, issue, access_token) }),
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
  };
}

function accessTokenFor(keys: SigningKeys, issue: Issue): Promise<string> {
  const { issuer, client, grant, scope } = issue;
  const claims = {
    ...common(issue),
    // It opens nothing but our own userinfo.
    aud: issuer,
    client_id: client.id,
    scope,
    jti: randomUUID(),
    grant_id: grant.id,
  };
  return keys.sign(claims, "at+jwt");
}

function idTokenFor(keys: SigningKeys, issue: Issue, accessToken: string): Promise<string> {
  const { issuer, client, grant, scope, nonce } = issue;
  const claims = {
    ...(client.claimsInIdToken && claimsOf(grant.user, scope, issuer)),
    ...common(issue),
    aud: client.id,
    sid: grant.sid,
    at_hash: leftHalf(accessToken),
    ...(nonce !== undefined && { nonce }),
  };
  return keys.sign(claims, "JWT");
}

function common({ issuer, grant, now }: Issue) {
  const iat = Math.floor(now / 1000);
  const { authTime, amr } = grant;
  return {
    iss: issuer,
    sub: grant.user.sub,
    iat,
    exp: iat + ACCESS_TOKEN_TTL_S,
    auth_time: authTime,
    acr: amr.includes("mca") ? acrs.number : acrs.scan,
    amr,
  };
}

/** Of SHA-256, for both of our algorithms (OpenID Connect Core, section 3.1.3.6). */
function leftHalf(text: string): string {
  return createHash("sha256").update(text).digest().subarray(0, 16).toString("base64url");
}
