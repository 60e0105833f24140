/** What a deployment may set about its logins: how long each step may take, and what is asked. */
import * as v from "valibot";
import {
  choice,
  count,
  isMisconfigured,
  readSettings,
  type Misconfigured,
} from "../core/settings.ts";
import { CODE_WITHIN_S } from "../core/limits.ts";
import { longestMs, type Rules } from "./machine.ts";

export interface LoginConfig {
  readonly rules: Rules;
  /** After so many seconds no login of a uuid can still be going on. */
  readonly loginMaxAgeS: number;
  readonly scanWithinS: number;
}

const schema = v.object({
  SCAN_WITHIN_S: v.optional(count(1, 600), 120),
  CONFIRM_WITHIN_S: v.optional(count(1, 600), 60),
  REDEEM_WITHIN_S: v.optional(count(1, 600), 30),
  PROXIMITY: v.optional(choice(["off", "warn", "step_up", "deny"]), "warn"),
  FAR_FROM_KM: v.optional(count(1, 20_000), 500),
  VERIFY: v.optional(choice(["auto", "always"]), "auto"),
});

/** Wrong passwords that may come along with one uuid before it is burned. */
const FAILURES_MAX = 5;

export function readLoginConfig(
  given: Readonly<Record<string, unknown>>,
): LoginConfig | Misconfigured {
  const set = readSettings(schema, given);
  if (isMisconfigured(set)) return set;
  const rules: Rules = {
    scanWithinMs: set.SCAN_WITHIN_S * 1000,
    confirmWithinMs: set.CONFIRM_WITHIN_S * 1000,
    redeemWithinMs: set.REDEEM_WITHIN_S * 1000,
    codeWithinMs: CODE_WITHIN_S * 1000,
    failuresMax: FAILURES_MAX,
    proximity: set.PROXIMITY,
    farFromKm: set.FAR_FROM_KM,
    numberMatch: set.VERIFY,
  };
  return { rules, loginMaxAgeS: longestMs(rules) / 1000, scanWithinS: set.SCAN_WITHIN_S };
}
