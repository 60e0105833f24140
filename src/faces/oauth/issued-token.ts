/** A token that a client shows: ours say themselves of which kind they are, so no hint is needed. */
import { isRefusal, refuse, type Refusal } from "../../core/refusal.ts";
import type { SigningKeys } from "../../core/signing-keys.ts";
import type { Ctx } from "../../http/context.ts";
import type { Client } from "../../sites/client.ts";
import { grantOf, revoke, userOf, type Grant } from "../../users/gateway.ts";
import { readAccessToken, type AccessToken } from "./access-token.ts";

export interface IssuedToken {
  readonly grant: Grant;
  /** Absent for a refresh token. */
  readonly access?: AccessToken;
}

/** @returns the token of this client while its grant is going on; or `bad_grant`, or `unavailable` */
export async function issuedToken(
  c: Ctx,
  signing: SigningKeys,
  client: Client,
  token: string,
): Promise<IssuedToken | Refusal> {
  const { keys } = c.get("config");
  const refresh = await grantOf(c.env, keys, token, client.id);
  if (!isRefusal(refresh) || refresh.reason !== "refresh_forged") return refresh;
  const access = await ownAccessToken(c, signing, client, token);
  if (isRefusal(access)) return access;
  const state = await userOf(c.env, keys, access.sub).stateOf(access.grantId);
  return isRefusal(state) ? state : { grant: state.grant, access };
}

/** Ends the grant that the token stands for. @returns why not, if so */
export async function endIssued(
  c: Ctx,
  signing: SigningKeys,
  client: Client,
  token: string,
): Promise<Refusal | undefined> {
  const { keys } = c.get("config");
  const fault = await revoke(c.env, keys, token, client.id);
  if (fault?.reason !== "refresh_forged") return fault;
  const access = await ownAccessToken(c, signing, client, token);
  return isRefusal(access) ? access : userOf(c.env, keys, access.sub).end(access.grantId);
}

/** Of another's token a client learns nothing (RFC 7662, section 4). */
async function ownAccessToken(
  c: Ctx,
  signing: SigningKeys,
  client: Client,
  token: string,
): Promise<AccessToken | Refusal> {
  const access = await readAccessToken(c, signing, token);
  if (isRefusal(access)) return refuse("bad_grant", access.reason && { reason: access.reason });
  if (access.clientId === client.id) return access;
  return refuse("bad_grant", { reason: "token_audience" });
}
