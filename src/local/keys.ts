/**
 * `npm run -s keys [-- --alg ES256] [--keep FILE]`: prints a fresh SIGNING_KEYS, as JSON. With
 * --keep the public halves of the keys in FILE follow the new one, so that what they signed is
 * still accepted: FILE is what `/oauth/jwks` serves, or the SIGNING_KEYS of before.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { signingAlgorithms } from "../core/jwk-set.ts";
import { makeSigningKeys } from "./make-signing-keys.ts";

const usage = "Usage: npm run -s keys -- [--alg RS256|ES256] [--keep FILE]";

try {
  const { values } = parseArgs({
    options: { alg: { type: "string", default: "RS256" }, keep: { type: "string" } },
  });
  const alg = signingAlgorithms.find((it) => it === values.alg);
  if (alg === undefined) throw new Error(`--alg is one of ${signingAlgorithms.join(", ")}.`);
  const kept = values.keep === undefined ? undefined : readFileSync(values.keep, "utf8");
  console.log(await makeSigningKeys(alg, kept));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(usage);
  process.exitCode = 1;
}
