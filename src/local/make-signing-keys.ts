import { calculateJwkThumbprint, exportJWK, generateKeyPair } from "jose";
import { readJwkSet, readPublicJwks, type SigningAlgorithm } from "../core/jwk-set.ts";

/**
 * @param kept a JWK set whose keys shall still verify
 * @returns SIGNING_KEYS: a new key that signs, then the public halves of the kept ones
 */
export async function makeSigningKeys(alg: SigningAlgorithm, kept?: string): Promise<string> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 });
  const jwk = await exportJWK(privateKey);
  const fresh = { ...jwk, kid: await calculateJwkThumbprint(jwk), alg, use: "sig" };
  const others = kept === undefined ? [] : readPublicJwks(kept);
  if (typeof others === "string") throw new Error(`The keys to keep are not usable: ${others}.`);
  const keys = JSON.stringify({ keys: [fresh, ...others] });
  const set = readJwkSet(keys);
  if (typeof set === "string") throw new Error(`The keys together are not usable: ${set}.`);
  return keys;
}
