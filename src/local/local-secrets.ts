import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { makeSigningKeys } from "./make-signing-keys.ts";
import { makeSecret } from "./new-client.ts";

export interface LocalSecrets {
  readonly signingKeys: string;
  readonly demoSecret: string;
}

/**
 * SECRET, SIGNING_KEYS and the demo site's secret for this machine alone, at random. They are made
 * on the first start and kept in this file, so that a restart signs nobody out.
 */
export async function localSecrets(file: string): Promise<LocalSecrets> {
  const known = existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
  if (known["SECRET"] === undefined) {
    add(file, `SECRET="${randomBytes(32).toString("base64url")}"`);
  }
  const signingKeys = known["SIGNING_KEYS"] ?? (await makeSigningKeys("RS256"));
  if (known["SIGNING_KEYS"] === undefined) add(file, `SIGNING_KEYS='${signingKeys}'`);
  const demoSecret = known["DEMO_SITE_SECRET"] ?? makeSecret();
  if (known["DEMO_SITE_SECRET"] === undefined) add(file, `DEMO_SITE_SECRET="${demoSecret}"`);
  return { signingKeys, demoSecret };
}

function add(file: string, line: string): void {
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  const gap = before === "" || before.endsWith("\n") ? "" : "\n";
  writeFileSync(file, `${before}${gap}${line}\n`, { mode: 0o600 });
}
