/** What holds in every life of a grant, whoever presents whichever token whenever. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { REFRESH_GRACE_S, REFRESH_IDLE_S, REFRESH_TTL_S } from "../../../src/core/limits.ts";
import {
  goingOn,
  overAt,
  step,
  type Entry,
  type Event,
  type Family,
  type Step,
} from "../../../src/users/families.ts";
import { isRefusal } from "../../../src/core/refusal.ts";
import { grantTo } from "../../support/grants.ts";

const RUNS = { numRuns: 3000 };
const T = 1_800_000_000_000;
const grant = grantTo("g");

interface Turn extends Step {
  readonly before: Entry | undefined;
  readonly event: Event;
  readonly now: number;
}

/** Near the limits, as nothing happens elsewhere. */
const pauses = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 2 * REFRESH_GRACE_S * 1000 }) },
  { weight: 2, arbitrary: fc.constantFrom(0, REFRESH_GRACE_S * 1000 - 1, REFRESH_GRACE_S * 1000) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: REFRESH_IDLE_S * 1000 + 1 }) },
);

const events: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 12,
    // How far behind the newest: -1 was never given.
    arbitrary: fc.record({
      kind: fc.constant("refresh" as const),
      number: fc.constantFrom(-1, 0, 0, 0, 0, 1, 1, 2, 5),
      clientId: fc.constantFrom("acme", "acme", "acme", "acme", "other"),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "begin" as const, grant }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Event>({ kind: "end" }, { kind: "end", clientId: "other" }),
  },
);

const lives = fc
  .array(fc.tuple(events, pauses), { minLength: 1, maxLength: 30 })
  .map((given): readonly Turn[] => {
    let entry = step(undefined, { kind: "begin", grant }, T).entry;
    let now = T;
    return given.map(([wanted, pause]) => {
      now += pause;
      const before = entry;
      const event =
        wanted.kind === "refresh"
          ? { ...wanted, number: newestOf(before) - wanted.number }
          : wanted;
      const turn = { before, event, now, ...step(before, event, now) };
      entry = turn.entry;
      return turn;
    });
  });

function newestOf(entry: Entry | undefined): number {
  return isFamily(entry) ? (entry.newest ?? 0) : 0;
}

function isFamily(entry: Entry | undefined): entry is Family {
  return entry !== undefined && "grant" in entry;
}

function always(name: string, holds: (turns: readonly Turn[]) => void): void {
  test(name, () => fc.assert(fc.property(lives, holds), RUNS));
}

const isGiven = ({ event, refusal }: Turn) => event.kind === "refresh" && !refusal;

test("the lives tried are not idle: each thing happens in many of them", () => {
  const count = new Map<string, number>();
  for (const turn of fc.sample(lives, 2000).flat()) {
    const what = turn.happened ?? turn.refusal?.reason ?? (isGiven(turn) ? "again" : "nothing");
    count.set(what, (count.get(what) ?? 0) + 1);
  }
  for (const what of [
    "refreshed",
    "again",
    "reused",
    "ended",
    "grant_over",
    "grant_ended",
    "refresh_of_other_client",
    "refresh_never_given",
  ]) {
    expect(count.get(what) ?? 0, what).toBeGreaterThan(50);
  }
});

always("each token has one successor: its number and one", (turns) => {
  for (const turn of turns.filter(isGiven)) {
    const number = turn.event.kind === "refresh" ? turn.event.number : NaN;
    expect(newestOf(turn.entry)).toBe(number + 1);
  }
});

always(
  "35 no token gets a successor again once its own grace is over, or its successor was used",
  (turns) => {
    const firstUsed = new Map<number, number>();
    for (const turn of turns.filter(isGiven)) {
      const number = turn.event.kind === "refresh" ? turn.event.number : NaN;
      const first = firstUsed.get(number) ?? turn.now;
      expect(turn.now - first).toBeLessThan(REFRESH_GRACE_S * 1000);
      expect(firstUsed.has(number + 1)).toBe(false);
      firstUsed.set(number, first);
    }
  },
);

always("35 a token that was used before, by its own client, ends the grant for good", (turns) => {
  const at = turns.findIndex(({ happened }) => happened === "reused" || happened === "ended");
  if (at < 0) return;
  for (const { before, entry, refusal, event } of turns.slice(at + 1)) {
    expect(entry).toBe(before);
    if (event.kind === "refresh") expect(refusal).toMatchObject({ reason: "grant_ended" });
  }
});

always("what is refused changes nothing, but for a reuse", (turns) => {
  for (const { before, entry, refusal, happened } of turns) {
    if (refusal && happened !== "reused") expect(entry).toBe(before);
    if (entry !== before) expect(happened).toBeDefined();
  }
});

always("another client changes nothing and is given nothing", (turns) => {
  for (const { before, entry, refusal, event } of turns) {
    if (!("clientId" in event) || event.clientId !== "other") continue;
    expect(entry).toBe(before);
    expect(refusal).toBeDefined();
  }
});

always("nothing is given when the grant is over, whatever was used in between", (turns) => {
  let lastUse = T;
  for (const { before, now, happened, refusal } of turns) {
    const isOver = now >= T + REFRESH_TTL_S * 1000 || now >= lastUse + REFRESH_IDLE_S * 1000;
    if (isOver) expect(isRefusal(goingOn(before, now))).toBe(true);
    if (happened === "refreshed") {
      expect(isOver).toBe(false);
      lastUse = now;
    }
    if (!isOver && isFamily(before)) expect(refusal?.reason).not.toBe("grant_over");
  }
});

always("an entry is deleted only when nothing can come of it", (turns) => {
  for (const { entry, now } of turns) {
    if (entry === undefined) continue;
    const isOver = now >= overAt(entry);
    if (isOver) expect(isRefusal(goingOn(entry, now))).toBe(true);
  }
});

test("35 however many present one token at once, there is one new member of the family", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 50 }),
      fc.integer({ min: 1, max: 100 }),
      fc.array(fc.nat(REFRESH_GRACE_S * 1000 - 1), { minLength: 100, maxLength: 100 }),
      (newest, n, offsets) => {
        const start: Family = { grant, begunAt: T, usedAt: T, newest };
        let entry: Entry | undefined = start;
        const happened: string[] = [];
        const times = offsets.slice(0, n).sort((a, b) => a - b);
        const [first = 0] = times;
        for (const offset of times) {
          const now = T + 60_000 + offset;
          const turn = step(entry, { kind: "refresh", number: newest, clientId: "acme" }, now);
          expect(turn.refusal).toBeUndefined();
          if (turn.happened) happened.push(turn.happened);
          entry = turn.entry;
        }
        expect(happened).toEqual(["refreshed"]);
        expect(entry).toEqual({ ...start, newest: newest + 1, usedAt: T + 60_000 + first });
      },
    ),
    RUNS,
  );
});
