/** What each change writes, to the field; and that nothing else does. */
import { describe, expect, test } from "vitest";
import {
  expiresAt,
  longestMs,
  step,
  type Event,
  type Login,
  type Rules,
} from "../../../src/login/machine.ts";
import type { Place } from "../../../src/core/place.ts";
import {
  ada,
  at,
  browser,
  CLAIMED_UNTIL,
  frozen,
  logins,
  MINTED_AT,
  rules,
  SCAN_UNTIL,
  UUID,
} from "../../support/login/fixtures.ts";

const NOW = MINTED_AT + 90_000;

function changed(login: Login | undefined, event: Event, more: Partial<Rules> = {}): unknown {
  const after = step(frozen(login), event, at(NOW, more));
  expect(after.refusal).toBeUndefined();
  return after.login;
}

test("attach begins a login that may be scanned until the minting plus the limit, not the attaching", () => {
  expect(changed(undefined, { kind: "attach", owner: "owner-9", browser })).toEqual({
    version: 1,
    state: "pending",
    uuid: UUID,
    mintedAt: MINTED_AT,
    deadline: MINTED_AT + 120_000,
    owner: "owner-9",
    browser,
    failures: 0,
  });
});

test("scan claims for the user, who has the confirm time from now on, and at least the scan limit", () => {
  const phone = { country: "FR", asn: 1 };
  expect(changed(logins.pending, { kind: "scan", user: ada, phone })).toEqual({
    ...logins.pending,
    version: 2,
    state: "scanned",
    deadline: Math.max(SCAN_UNTIL, NOW + 60_000),
    user: ada,
    needsNumber: false,
    nearness: { verdict: "unknown" },
  });
});

test("confirm without a number issues the ticket as of now, for the redeem time; the number offered is not kept", () => {
  const event: Event = { kind: "confirm", sub: ada.sub, number: "271" };
  expect(changed(logins.scanned, event)).toEqual({
    ...logins.scanned,
    version: 3,
    state: "confirmed",
    confirmedAt: NOW,
    redeemBy: NOW + 30_000,
    deadline: Math.max(CLAIMED_UNTIL, NOW + 30_000),
  });
});

test("confirm where a number is needed keeps the number and issues nothing yet", () => {
  const event: Event = { kind: "confirm", sub: ada.sub, number: "271" };
  expect(changed(logins["scanned*"], event)).toEqual({
    ...logins["scanned*"],
    version: 3,
    state: "verifying",
    number: "271",
    deadline: Math.max(CLAIMED_UNTIL, NOW + 60_000),
  });
});

test("the right number issues the ticket as of its entering, not of the confirming", () => {
  const event: Event = { kind: "enter", owner: "owner-1", number: "314" };
  expect(changed(logins.verifying, event)).toEqual({
    ...logins.verifying,
    version: 4,
    state: "confirmed",
    confirmedAt: NOW,
    redeemBy: NOW + 30_000,
    deadline: Math.max(CLAIMED_UNTIL, NOW + 30_000),
  });
});

test("one wrong number ends the login, with its own reason", () => {
  const event: Event = { kind: "enter", owner: "owner-1", number: "0314" };
  expect(changed(logins.verifying, event)).toEqual({
    ...logins.verifying,
    version: 4,
    state: "cancelled",
    reason: "wrong_code",
    deadline: CLAIMED_UNTIL,
  });
});

test("redeem leaves a tombstone, with no reason", () => {
  const { confirmedAt } = logins.confirmed;
  const event: Event = { kind: "redeem", owner: "owner-1", sub: ada.sub, confirmedAt };
  expect(changed(logins.confirmed, event)).toEqual({
    ...logins.confirmed,
    version: 4,
    state: "redeemed",
    deadline: CLAIMED_UNTIL,
  });
});

test("the user's no ends the login as denied", () => {
  expect(changed(logins.scanned, { kind: "cancel", sub: ada.sub })).toEqual({
    ...logins.scanned,
    version: 3,
    state: "cancelled",
    reason: "denied",
  });
});

test("each failure counts and moves no deadline; the fifth ends the login", () => {
  expect(changed(logins.pending, { kind: "fail" })).toEqual({
    ...logins.pending,
    version: 2,
    failures: 1,
  });
  expect(changed({ ...logins.pending, failures: 4 }, { kind: "fail" })).toEqual({
    ...logins.pending,
    version: 2,
    failures: 5,
    state: "expired",
    reason: "too_many_attempts",
  });
});

test("how many failures end a login is the rules' to say", () => {
  expect(changed(logins.pending, { kind: "fail" }, { failuresMax: 1 })).toMatchObject({
    state: "expired",
    failures: 1,
  });
});

test("a passed deadline expires the login as a timeout", () => {
  const { login } = step(frozen(logins.scanned), { kind: "deadline" }, at(CLAIMED_UNTIL));
  expect(login).toEqual({ ...logins.scanned, version: 3, state: "expired", reason: "timeout" });
});

test("no step moves the deadline to an earlier time than the alarm was set for", () => {
  const early = MINTED_AT + 1000;
  const scan: Event = { kind: "scan", user: ada, phone: {} };
  const confirm: Event = { kind: "confirm", sub: ada.sub, number: "271" };
  const { login: scanned } = step(frozen(logins.pending), scan, at(early));
  expect(scanned?.deadline).toBe(SCAN_UNTIL);
  const { login: confirmed } = step(scanned, confirm, at(early));
  expect(confirmed?.deadline).toBe(SCAN_UNTIL);
});

test("a ticket's life ends before the deadline of an early login, and the login with it", () => {
  const early = { ...logins.confirmed, redeemBy: MINTED_AT + 50_000, deadline: SCAN_UNTIL };
  expect(expiresAt(early)).toBe(MINTED_AT + 50_000);
  const watch: Event = { kind: "watch", sub: ada.sub };
  expect(step(frozen(early), watch, at(MINTED_AT + 49_999)).login).toBe(early);
  const { login, happened } = step(frozen(early), watch, at(MINTED_AT + 50_000));
  expect(login).toMatchObject({ state: "expired", reason: "timeout", deadline: SCAN_UNTIL });
  expect(happened).toBe("expired");
});

test("the slowest login takes the scan limit, twice the confirm time and the redeem time", () => {
  expect(longestMs(rules)).toBe(120_000 + 60_000 + 60_000 + 30_000);
  expect(longestMs({ ...rules, confirmWithinMs: 1 })).toBe(120_000 + 2 + 30_000);
});

describe("what a scan leads to, by policy and place", () => {
  const places: Record<string, Place> = {
    near: { ip: browser.ip ?? "" },
    far: { country: "BR" },
    unknown: { country: "FR" },
  };
  // go: no number; number: the browser must enter one; refuse: not claimed.
  const table: Record<Rules["proximity"], Record<string, string>> = {
    off: { near: "go", far: "go", unknown: "go" },
    warn: { near: "go", far: "go", unknown: "go" },
    step_up: { near: "go", far: "number", unknown: "number" },
    deny: { near: "go", far: "refuse", unknown: "number" },
  };
  const cells = Object.entries(table).flatMap(([proximity, row]) =>
    Object.entries(row).flatMap(([verdict, leads]) =>
      (["auto", "always"] as const).map((numberMatch) => ({
        proximity: proximity as Rules["proximity"],
        verdict,
        numberMatch,
        leads: leads === "go" && numberMatch === "always" ? "number" : leads,
      })),
    ),
  );

  test.each(cells)("$proximity, $verdict, $numberMatch: $leads", (cell) => {
    const phone = places[cell.verdict] ?? {};
    const { proximity, numberMatch } = cell;
    const { login, refusal } = step(
      frozen(logins.pending),
      { kind: "scan", user: ada, phone },
      at(NOW, { proximity, numberMatch }),
    );
    if (cell.leads === "refuse") {
      expect(login).toBe(logins.pending);
      expect(refusal?.refused).toBe("too_far");
    } else {
      expect(refusal).toBeUndefined();
      expect(login).toMatchObject({ state: "scanned", needsNumber: cell.leads === "number" });
    }
    const isKept = proximity !== "off" && cell.leads !== "refuse";
    expect(login?.nearness?.verdict).toBe(isKept ? cell.verdict : undefined);
  });

  test("how far is far is the rules' to say", () => {
    const there = { ...logins.pending, browser: { ...browser, latitude: 0, longitude: 0 } };
    const phone = { latitude: 0, longitude: 1 };
    const scan: Event = { kind: "scan", user: ada, phone };
    const more = { proximity: "deny", farFromKm: 112 } as const;
    expect(step(there, scan, at(NOW, more)).refusal).toBeUndefined();
    expect(step(there, scan, at(NOW, { ...more, farFromKm: 111 })).refusal?.refused).toBe(
      "too_far",
    );
  });
});
