/** Keys for tests, made anew in each run. */
import { makeSigningKeys } from "../../src/local/make-signing-keys.ts";
import { signingKeysOf, type SigningKeys } from "../../src/core/signing-keys.ts";

export interface Jwks {
  readonly keys: Record<string, unknown>[];
}

export async function newJwks(alg: "RS256" | "ES256" = "RS256"): Promise<Jwks> {
  return JSON.parse(await makeSigningKeys(alg)) as Jwks;
}

/** @param sets the first key of the first one signs */
export async function signingKeysFrom(...sets: Jwks[]): Promise<SigningKeys> {
  const keys = sets.flatMap((set) => set.keys);
  const read = await signingKeysOf({ SIGNING_KEYS: JSON.stringify({ keys }) });
  if ("misconfigured" in read) throw new Error(read.misconfigured);
  return read;
}
