/**
 * The deployment's one secret. A missing, short or placeholder one stops the Worker: everything
 * that is signed is signed with keys derived from it.
 */
import { misconfigured, type Misconfigured } from "./settings.ts";

export interface Secrets {
  readonly current: string;
  /** Verifies what was signed before the secret was rolled. */
  readonly previous: string | undefined;
}

const MIN_CHARS = 32;
const MIN_DISTINCT_CHARS = 10;
const placeholder = /change|replace|placeholder|example|secret|password/i;
const howToSet =
  "Make one with `openssl rand -base64 32` and set it with `npx wrangler secret put SECRET`; locally `npm start` makes one by itself.";

export function readSecrets(given: Readonly<Record<string, unknown>>): Secrets | Misconfigured {
  const { SECRET: current, SECRET_PREVIOUS: before } = given;
  // Set to nothing is not set: anyone could derive the keys of an empty secret.
  const previous = before === "" ? undefined : before;
  const fault =
    faultOf("SECRET", current) ??
    (previous === undefined ? undefined : faultOf("SECRET_PREVIOUS", previous));
  if (fault !== undefined) return misconfigured(`${fault}. ${howToSet}`);
  return { current: current as string, previous: previous as string | undefined };
}

function faultOf(name: string, given: unknown): string | undefined {
  if (given === undefined || given === "") return `${name} is missing`;
  if (typeof given !== "string") return `${name} is a placeholder, not a secret`;
  if (given.length < MIN_CHARS) return `${name} is too short`;
  const isPlaceholder = placeholder.test(given) || new Set(given).size < MIN_DISTINCT_CHARS;
  return isPlaceholder ? `${name} is a placeholder, not a secret` : undefined;
}
