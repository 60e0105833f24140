/**
 * Who calls: a client, by the one way that its row says (RFC 6749, section 2.3; RFC 7523). A public
 * client proves nothing here; its code and verifier do.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { createLocalJWKSet, errors, jwtVerify, type JSONWebKeySet } from "jose";
import { ASSERTION_TTL_MAX_S } from "../../core/limits.ts";
import { isRefusal, refuse, type Refusal, type RefusalReason } from "../../core/refusal.ts";
import type { Ctx } from "../../http/context.ts";
import { spendAssertion } from "../../sites/assertions.ts";
import { clientOf, type AuthMethod, type Client } from "../../sites/client.ts";
import { refuseAs } from "./errors.ts";
import type { Fields } from "./fields.ts";
import { endpoints, issuerOf } from "./issuer.ts";
import { allowOwnPages } from "./own-pages.ts";
import { textIn } from "./unverified.ts";

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
export const assertionAlgorithms = ["RS256", "PS256", "ES256", "EdDSA"] as const;

interface Proof {
  readonly method: AuthMethod;
  readonly clientId: string;
  /** A secret, or an assertion. */
  readonly secret: string;
}

/** @returns the client that calls; or `bad_client` */
export async function authenticateClient(c: Ctx, fields: Fields): Promise<Client | Refusal> {
  const proof = proofOf(c, fields);
  if (isRefusal(proof)) return proof;
  const { method, clientId, secret } = proof;
  const client = await clientOf(c.env.DB, clientId, Date.now());
  if (client === undefined) return unproven("client_unknown");
  if (isRefusal(client)) return client;
  allowOwnPages(c, client);
  // Of its own kind: a weaker one, or none, is no proof.
  if (client.auth !== method) return unproven("client_unproven");
  switch (method) {
    case "none":
      return client;
    case "client_secret_basic":
    case "client_secret_post":
      return isSecretOf(client, secret) ? client : unproven("client_unproven");
    case "private_key_jwt":
      return (await assertionFault(c, client, secret)) ?? client;
  }
}

function proofOf(c: Ctx, fields: Fields): Proof | Refusal {
  const authorization = c.req.header("Authorization");
  const { client_id: clientId, client_secret: secret, client_assertion: assertion } = fields;
  const ways = [authorization, secret, assertion].filter((way) => way !== undefined);
  if (ways.length > 1) {
    return refuseAs("invalid_request", "a client proves itself in one way, not in several");
  }
  if (authorization !== undefined) {
    const basic = basicOf(authorization);
    const isOther = clientId !== undefined && clientId !== basic?.clientId;
    return basic === undefined || isOther ? unproven("client_unproven") : basic;
  }
  if (assertion !== undefined) {
    if (fields["client_assertion_type"] !== assertionType) return unproven("client_unproven");
    const subject = textIn(assertion, "sub");
    const isOther = clientId !== undefined && clientId !== subject;
    if (subject === undefined || isOther) return unproven("client_unproven");
    return { method: "private_key_jwt", clientId: subject, secret: assertion };
  }
  if (clientId === undefined) return unproven("client_unknown");
  if (secret !== undefined) return { method: "client_secret_post", clientId, secret };
  return { method: "none", clientId, secret: "" };
}

/** Both halves are form-encoded first (RFC 6749, section 2.3.1). */
function basicOf(header: string): Proof | undefined {
  const [, encoded = ""] = /^basic +([\w+/]+={0,2})$/i.exec(header) ?? [];
  const [, id = "", secret = ""] =
    /^([^:]+):(.*)$/s.exec(Buffer.from(encoded, "base64").toString()) ?? [];
  try {
    const decoded = [id, secret].map((it) => decodeURIComponent(it.replaceAll("+", " ")));
    const [clientId = "", plain = ""] = decoded;
    return clientId === "" ? undefined : { method: "client_secret_basic", clientId, secret: plain };
  } catch {
    return undefined;
  }
}

function isSecretOf({ secretHash = "" }: Client, secret: string): boolean {
  const given = createHash("sha256").update(secret).digest();
  const expected = Buffer.from(secretHash, "hex");
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** Only the client's own registered keys count: `jwk`, `jku` and `x5u` of the header do not. */
async function assertionFault(c: Ctx, client: Client, jwt: string): Promise<Refusal | undefined> {
  if (client.jwks === undefined) return unproven("client_unproven");
  const issuer = issuerOf(c);
  const now = Date.now();
  try {
    const { payload } = await jwtVerify(jwt, createLocalJWKSet(client.jwks as JSONWebKeySet), {
      algorithms: [...assertionAlgorithms],
      issuer: client.id,
      subject: client.id,
      audience: [issuer, issuer + endpoints.token],
      currentDate: new Date(now),
      clockTolerance: 5,
      requiredClaims: ["exp", "jti"],
    });
    const { exp = 0, jti = "" } = payload;
    const isUsable =
      typeof jti === "string" && jti !== "" && exp <= now / 1000 + ASSERTION_TTL_MAX_S;
    if (!isUsable) return unproven("client_unproven");
    const spent = await spendAssertion(c.env.DB, client.id, jti, exp, now);
    if (spent === true) return undefined;
    return isRefusal(spent) ? spent : unproven("client_proof_reused");
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) {
      return unproven("client_unproven");
    }
    throw error;
  }
}

function unproven(reason: RefusalReason): Refusal {
  return refuse("bad_client", { reason });
}
