/** What holds in every life of a uuid, whoever does whatever and whenever. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expiresAt, longestMs, step, type Event, type Login } from "../../../src/login/machine.ts";
import { ada, at, browser, MINTED_AT } from "../../support/login/fixtures.ts";
import { lives, type Life, type Turn } from "../../support/login/lives.ts";

const RUNS = { numRuns: 2000 };
const final: readonly string[] = ["redeemed", "cancelled", "expired"];

function always(name: string, holds: (life: Life) => void, all = lives()): void {
  test(name, () => fc.assert(fc.property(all, holds), RUNS));
}

function isChange({ before, after }: Turn): boolean {
  return after !== before;
}

function entered(turn: Turn, state: Login["state"]): boolean {
  return isChange(turn) && turn.after?.state === state && turn.before?.state !== state;
}

function only<Kind extends Event["kind"]>(turn: Turn | undefined, kind: Kind) {
  if (turn?.event.kind !== kind) throw new Error(`${turn?.event.kind ?? "nothing"}, not ${kind}`);
  return turn.event as Extract<Event, { kind: Kind }>;
}

test("the lives tried are not idle: every state is reached, also with the number", () => {
  const reached = new Map<string, number>();
  for (const { turns } of fc.sample(lives(), 2000)) {
    for (const turn of turns.filter(isChange)) {
      const name = `${turn.after?.state ?? "none"}${turn.after?.needsNumber ? "*" : ""}`;
      reached.set(name, (reached.get(name) ?? 0) + 1);
    }
  }
  const wanted = ["pending", "scanned", "scanned*", "verifying*", "confirmed", "confirmed*"];
  for (const state of [...wanted, ...final, "redeemed*"]) {
    expect(reached.get(state) ?? 0, state).toBeGreaterThan(20);
  }
});

always(
  "redeemed is reached only by attach, scan, confirm by who scanned, the number if asked for, the same browser and the ticket of that confirming",
  ({ turns }) => {
    turns.forEach((turn, i) => {
      if (!entered(turn, "redeemed")) return;
      const past = turns.slice(0, i);
      const attach = only(
        past.findLast((t) => entered(t, "pending")),
        "attach",
      );
      const scan = only(
        past.findLast((t) => entered(t, "scanned")),
        "scan",
      );
      const granted = past.findLast((t) => entered(t, "confirmed"));
      const asked = past.findLast((t) => entered(t, "verifying"));
      const redeem = only(turn, "redeem");

      expect(redeem.owner).toBe(attach.owner);
      expect(redeem.sub).toBe(scan.user.sub);
      expect(redeem.confirmedAt).toBe(granted?.now);
      const confirm = only(turn.before?.needsNumber ? asked : granted, "confirm");
      expect(confirm.sub).toBe(scan.user.sub);
      if (turn.before?.needsNumber) {
        const enter = only(granted, "enter");
        expect(enter).toMatchObject({ owner: attach.owner, number: confirm.number });
      }
    });
  },
);

always("a number is asked for whenever the rules say always", ({ rules, turns }) => {
  if (rules.numberMatch !== "always") return;
  for (const turn of turns.filter((t) => entered(t, "confirmed"))) only(turn, "enter");
});

always("one uuid begins once and is redeemed once, even after the alarm wiped it", ({ turns }) => {
  expect(turns.filter((t) => entered(t, "pending")).length).toBeLessThanOrEqual(1);
  expect(turns.filter((t) => entered(t, "redeemed")).length).toBeLessThanOrEqual(1);
});

always(
  "version starts at 1 and grows by one with each change, else it is the same object",
  (life) => {
    for (const { before, after } of life.turns) {
      if (after !== before) expect(after?.version).toBe((before?.version ?? 0) + 1);
    }
  },
);

always("what is refused changes nothing, except that a passed deadline expires", ({ turns }) => {
  for (const turn of turns.filter(({ refused }) => refused !== undefined)) {
    if (!isChange(turn)) continue;
    expect(turn.now).toBeGreaterThanOrEqual(turn.before ? expiresAt(turn.before) : Infinity);
    expect(turn.after).toEqual({
      ...turn.before,
      version: (turn.before?.version ?? 0) + 1,
      state: "expired",
      reason: "timeout",
    });
  }
});

always("no change that keeps a login going leaves its end in the past", ({ turns }) => {
  for (const { after, now } of turns.filter(isChange)) {
    if (after && !final.includes(after.state)) expect(expiresAt(after)).toBeGreaterThan(now);
  }
});

always("after any event at or past its end the login has ended", ({ turns }) => {
  for (const { after, now } of turns) {
    if (after && now >= expiresAt(after)) expect(final).toContain(after.state);
  }
});

always(
  "no change moves the deadline to an earlier time, nor past the ticket's end",
  ({ turns }) => {
    for (const { before, after } of turns) {
      if (!after) continue;
      expect(after.deadline).toBeGreaterThanOrEqual(before?.deadline ?? 0);
      expect(after.deadline).toBeGreaterThanOrEqual(after.redeemBy ?? 0);
    }
  },
);

always("nothing is forgotten while it goes on, or while its uuid could still attach", (life) => {
  const until = MINTED_AT + longestMs(life.rules);
  for (const { after } of life.turns) {
    if (!after) continue;
    expect(after.deadline).toBeGreaterThanOrEqual(MINTED_AT + life.rules.scanWithinMs);
    expect(after.deadline).toBeLessThanOrEqual(until);
  }
});

always("what is known of a login is never rewritten", ({ turns }) => {
  const once = ["uuid", "mintedAt", "owner", "browser", "user", "nearness", "needsNumber"] as const;
  const later = ["number", "confirmedAt", "redeemBy", "reason"] as const;
  for (const { before, after } of turns) {
    if (!before || !after || before === after) continue;
    expect(after.failures - before.failures).toBeOneOf([0, 1]);
    for (const field of [...once, ...later]) {
      if (before[field] !== undefined) expect(after[field]).toBe(before[field]);
    }
  }
});

describe("with a clock that also jumps back", () => {
  const jumps = lives(fc.integer({ min: -300_000, max: 300_000 }));

  always(
    "nothing leaves a final state",
    ({ turns }) => {
      for (const { before, after } of turns) {
        if (before && final.includes(before.state)) expect(after).toBe(before);
      }
    },
    jumps,
  );

  always(
    "nobody but the owner is ever told anything but not_your_browser",
    ({ turns }) => {
      for (const { event, before, refused } of turns) {
        if (!before || !("owner" in event) || event.owner === before.owner) continue;
        expect(refused).toBe("not_your_browser");
      }
    },
    jumps,
  );
});

test("a whole login fits into one instant, in which the clock stands still", () => {
  const owner = "owner-1";
  const confirmedAt = MINTED_AT;
  const events: Event[] = [
    { kind: "attach", owner, browser },
    { kind: "scan", user: ada, phone: {} },
    { kind: "confirm", sub: ada.sub, number: "271" },
    { kind: "enter", owner, number: "271" },
    { kind: "redeem", owner, sub: ada.sub, confirmedAt },
  ];
  let login: Login | undefined;
  for (const event of events)
    ({ login } = step(login, event, at(MINTED_AT, { numberMatch: "always" })));
  expect(login).toMatchObject({ state: "redeemed", version: 5, confirmedAt });
});

always("what happened is told whenever something changed, and never otherwise", ({ turns }) => {
  for (const turn of turns) {
    const { before, after, happened } = turn;
    if (!isChange(turn)) expect(happened).toBeUndefined();
    else if (after?.state !== before?.state) expect(happened).toBe(after?.state);
    else expect(happened).toBe("credentials_failed");
  }
});
