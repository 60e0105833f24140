import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Turns, type Turn } from "../../../src/http/turns.ts";

const T = 1_800_000_000_000;
const WORK = 200;

/** Everybody asks at the same moment. */
function crowd(turns: Turns, size: number, now = T): Turn[] {
  return Array.from({ length: size }, () => turns.take(now, WORK));
}

describe("21 work as a weapon: turns", () => {
  test("one after another, nobody waits", () => {
    const turns = new Turns(1 / 4, 2000);
    for (let i = 0; i < 50; i++) {
      expect(turns.take(T + i * WORK, WORK)).toEqual({ given: true, inMs: 0 });
    }
  });

  test("in a crowd each waits for the one before and a rest, and who would wait too long has no turn", () => {
    const turns = new Turns(1 / 4, 2000);
    const all = crowd(turns, 20);
    expect(all.filter(({ given }) => given).map(({ inMs }) => inMs)).toEqual([0, 200, 1000, 1800]);
    for (const turn of all.slice(4)) expect(turn).toEqual({ given: false, inMs: 2600 });
  });

  test("the very next turn is waited for, however slow the work is", () => {
    const turns = new Turns(1 / 4, 100);
    const slow = 1000;
    expect(turns.take(T, slow)).toEqual({ given: true, inMs: 0 });
    expect(turns.take(T, slow)).toEqual({ given: true, inMs: 1000 });
    expect(turns.take(T + 1000, slow)).toEqual({ given: true, inMs: 4000 });
    expect(turns.take(T + 1000, slow)).toEqual({ given: false, inMs: 8000 });
  });

  test("a crowd that is gone is forgotten", () => {
    const turns = new Turns(1 / 4, 2000);
    crowd(turns, 20);
    const later = T + 20_000;
    for (let i = 0; i < 10; i++) {
      expect(turns.take(later + i * WORK, WORK)).toEqual({ given: true, inMs: 0 });
    }
  });

  test("a clock that is set back keeps nobody out", () => {
    const turns = new Turns(1 / 4, 2000);
    crowd(turns, 20, T + 3_600_000);
    expect(turns.take(T, WORK)).toEqual({ given: true, inMs: 0 });
  });

  test("however many come and whenever, a crowd has no more than its share of the time", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 300, maxLength: 600 }),
        fc.constantFrom(1 / 4, 1 / 6),
        (gaps, share) => {
          const turns = new Turns(share, 2000);
          let now = T;
          const begun = gaps.flatMap((gap) => {
            now += gap;
            const { given, inMs } = turns.take(now, WORK);
            return given ? [now + inMs] : [];
          });
          // The first two begin before anybody can tell that there is a crowd.
          const spanMs = (begun.at(-1) ?? 0) - T;
          expect((begun.length - 3) * WORK).toBeLessThanOrEqual(spanMs * share);
          for (const [i, at] of begun.entries()) {
            expect(at - (begun[i - 1] ?? 0)).toBeGreaterThanOrEqual(WORK);
          }
        },
      ),
    );
  });
});
