/** An OIDC issuer on loopback: real keys, its key set over HTTP, and faults on demand. */
import { randomUUID } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  exportJWK,
  exportSPKI,
  generateKeyPair,
  SignJWT,
  UnsecuredJWT,
  type CryptoKey,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
} from "jose";

/** `down` cuts the connection, `slow` never answers, `huge` sends a good key set with 64 MiB around it. */
export type Fault = "down" | "slow" | "500" | "huge" | "not_json";

const HUGE_MIB = 64;
const TOKEN_TTL_S = 300;

interface Key {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

export class Issuer {
  /** The `aud` that scan-login is to expect. */
  readonly audience = "https://login.example";
  /** Requests for the key set so far. */
  requests = 0;
  fault: Fault | undefined;
  #key: Key;
  readonly #server = createServer((_, response) => this.#answer(response));

  private constructor(key: Key) {
    this.#key = key;
  }

  static async start(): Promise<Issuer> {
    const issuer = new Issuer(await newKey());
    await new Promise<void>((resolve) => issuer.#server.listen(0, "127.0.0.1", resolve));
    return issuer;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Its `iss`, which is also its address. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The variables of a deployment that trusts this issuer. */
  get vars(): Record<string, string> {
    return {
      IDENTITY: "jwks",
      JWKS_URL: `${this.url}/jwks`,
      JWKS_ISSUER: this.url,
      JWKS_AUDIENCE: this.audience,
    };
  }

  /** From now on signs with a new key; the old one is no longer in the key set. */
  async rotate(): Promise<void> {
    this.#key = await newKey();
  }

  /**
   * @param claims besides, or in place of, `iss`, `aud`, `iat` and `exp` (seconds since the epoch)
   * @param header in place of `typ`
   */
  async token(
    claims: JWTPayload,
    header: Partial<JWTHeaderParameters> = { typ: "JWT" },
  ): Promise<string> {
    const { kid, privateKey } = this.#key;
    return new SignJWT(this.#claims(claims))
      .setProtectedHeader({ ...header, alg: "ES256", kid })
      .sign(privateKey);
  }

  /** `alg: none` (RFC 8725, section 3.2). */
  unsigned(claims: JWTPayload): string {
    return new UnsecuredJWT(this.#claims(claims)).encode();
  }

  /** The public key taken for a shared secret (RFC 8725, section 2.1). */
  async signedWithPublicKey(claims: JWTPayload): Promise<string> {
    const { kid, publicKey } = this.#key;
    return new SignJWT(this.#claims(claims))
      .setProtectedHeader({ alg: "HS256", kid, typ: "JWT" })
      .sign(new TextEncoder().encode(await exportSPKI(publicKey)));
  }

  #claims(claims: JWTPayload): JWTPayload {
    const now = Math.floor(Date.now() / 1000);
    return { iss: this.url, aud: this.audience, iat: now, exp: now + TOKEN_TTL_S, ...claims };
  }

  #answer(response: ServerResponse): void {
    this.requests++;
    const keySet = JSON.stringify({ keys: [this.#key.jwk] });
    response.setHeader("Content-Type", "application/json");
    switch (this.fault) {
      case undefined:
        response.end(keySet);
        return;
      case "down":
        response.destroy();
        return;
      case "slow":
        return;
      case "500":
        response.writeHead(500).end(keySet);
        return;
      case "huge":
        response.end(" ".repeat(HUGE_MIB * 2 ** 20) + keySet);
        return;
      case "not_json":
        response.end("<!doctype html><title>Sign in to this network</title>");
        return;
    }
  }
}

async function newKey(): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const kid = randomUUID();
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: "ES256", use: "sig" };
  return { kid, privateKey, publicKey, jwk };
}
