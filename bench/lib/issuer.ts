/** A token issuer on loopback: what a company's own sign-in would be to the app on the phone. */
import { createServer } from "node:http";
import { generateKeyPairSync, sign } from "node:crypto";
import type { AddressInfo } from "node:net";

const KEY_ID = "bench";
const TTL_S = 4 * 3600;
/** So many different people own phones; the same ones sign in again and again. */
const PEOPLE = 32;

export interface Issuer {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
  readonly publicKeyPem: string;
  /** A bearer token of the next person in turn. */
  token(): string;
  stop(): void;
}

/** RS256: the commonest of all, and the one that is cheapest to verify, for every party alike. */
export async function startIssuer(): Promise<Issuer> {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwks = {
    keys: [{ ...publicKey.export({ format: "jwk" }), kid: KEY_ID, alg: "RS256", use: "sig" }],
  };
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(jwks));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const audience = "scan-login";

  const tokens = Array.from({ length: PEOPLE }, (_, i) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: issuer,
      aud: audience,
      sub: `person-${i}`,
      name: `Person ${i}`,
      iat: now,
      exp: now + TTL_S,
    };
    const parts = [{ alg: "RS256", kid: KEY_ID, typ: "JWT" }, claims];
    const signed = parts
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    return `${signed}.${sign("sha256", Buffer.from(signed), privateKey).toString("base64url")}`;
  });
  let next = 0;
  return {
    issuer,
    audience,
    jwksUrl: `${issuer}/jwks`,
    publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    token: () => tokens[next++ % PEOPLE] ?? "",
    stop: () => server.close(),
  };
}
