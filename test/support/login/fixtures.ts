/** Logins written out by hand, one per state, so that no rule under test takes part in making them. */
import type { At, Browser, Login, Rules } from "../../../src/login/machine.ts";
import type { User } from "../../../src/core/user.ts";

export const MINTED_AT = 1_800_000_000_000;
export const UUID = "6b49d200-1234-8abc-9def-0123456789ab";

export const rules: Rules = {
  scanWithinMs: 120_000,
  confirmWithinMs: 60_000,
  redeemWithinMs: 30_000,
  codeWithinMs: 60_000,
  failuresMax: 5,
  proximity: "warn",
  farFromKm: 500,
  numberMatch: "auto",
};

export const SCAN_UNTIL = MINTED_AT + rules.scanWithinMs;
/** Later than `SCAN_UNTIL`: a claimed login goes on past the time to scan. */
export const CLAIMED_UNTIL = MINTED_AT + 170_000;
export const CONFIRMED_AT = MINTED_AT + 140_000;
export const REDEEM_BY = CONFIRMED_AT + rules.redeemWithinMs;

export const browser: Browser = {
  name: "Firefox",
  os: "Linux",
  ip: "203.0.113.7",
  country: "FR",
};

export const ada: User = { sub: "sub-of-ada", name: "Ada", avatar: "/avatars/ada.svg" };
export const lin: User = { sub: "sub-of-lin", name: "林小雨" };

const base = { uuid: UUID, mintedAt: MINTED_AT, owner: "owner-1", browser, failures: 0 } as const;
const claimed = {
  ...base,
  deadline: CLAIMED_UNTIL,
  user: ada,
  nearness: { verdict: "near" },
} as const;

/** A `*` marks the way with the number; after the end, a login that somebody had scanned. */
export const logins = {
  pending: { ...base, version: 1, state: "pending", deadline: SCAN_UNTIL },
  scanned: { ...claimed, version: 2, state: "scanned", needsNumber: false },
  "scanned*": { ...claimed, version: 2, state: "scanned", needsNumber: true },
  verifying: { ...claimed, version: 3, state: "verifying", needsNumber: true, number: "314" },
  confirmed: {
    ...claimed,
    version: 3,
    state: "confirmed",
    needsNumber: false,
    confirmedAt: CONFIRMED_AT,
    redeemBy: REDEEM_BY,
  },
  "confirmed*": {
    ...claimed,
    version: 4,
    state: "confirmed",
    needsNumber: true,
    number: "314",
    confirmedAt: CONFIRMED_AT,
    redeemBy: REDEEM_BY,
  },
  redeemed: {
    ...claimed,
    version: 4,
    state: "redeemed",
    needsNumber: false,
    confirmedAt: CONFIRMED_AT,
    redeemBy: REDEEM_BY,
  },
  cancelled: { ...claimed, version: 3, state: "cancelled", needsNumber: false, reason: "denied" },
  expired: { ...base, version: 2, state: "expired", deadline: SCAN_UNTIL, reason: "timeout" },
  "expired*": { ...claimed, version: 3, state: "expired", needsNumber: false, reason: "timeout" },
} as const satisfies Record<string, Login>;

export function at(now: number, more: Partial<Rules> = {}): At {
  return { now, uuid: UUID, mintedAt: MINTED_AT, rules: { ...rules, ...more } };
}

/** So that a rule that writes into what it was given throws. */
export function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}
