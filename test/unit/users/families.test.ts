/** The rules of one grant and its refresh tokens, each from its first to its last millisecond. */
import { describe, expect, test } from "vitest";
import {
  ACCESS_TOKEN_TTL_S,
  GRANT_END_KEPT_S,
  REFRESH_GRACE_S,
  REFRESH_IDLE_S,
  REFRESH_TTL_S,
} from "../../../src/core/limits.ts";
import { goingOn, overAt, step, type Entry, type Family } from "../../../src/users/families.ts";
import { grantTo } from "../../support/grants.ts";

const T = 1_800_000_000_000;
const grant = grantTo("g");
const family: Family = { grant, begunAt: T, usedAt: T, newest: 0 };
const plain: Family = { grant: grantTo("g", { scope: "openid" }), begunAt: T, usedAt: T };
const ended: Entry = { endedAt: T };

const refresh = (before: Entry | undefined, number: number, now = T, clientId = "acme") =>
  step(before, { kind: "refresh", number, clientId }, now);
const refused = (reason: string) => ({ refused: "bad_grant", reason });

describe("begin", () => {
  test.each([
    ["openid offline_access", { newest: 0 }],
    ["offline_access", { newest: 0 }],
    ["openid profile", {}],
    ["openid offline_access_", {}],
    ["", {}],
  ])("with the scope %j stores it, a refresh token only for offline_access", (scope, more) => {
    const it = grantTo("g", { scope });
    expect(step(undefined, { kind: "begin", grant: it }, T)).toEqual({
      entry: { grant: it, begunAt: T, usedAt: T, ...more },
      happened: "begun",
    });
  });

  test("asked again it is as it was, also after its token was used", () => {
    for (const before of [family, plain, { ...family, newest: 3, usedAt: T + 5 }]) {
      expect(step(before, { kind: "begin", grant }, T + 10)).toEqual({ entry: before });
    }
  });

  test("32 a code used twice: a grant that was ended before it began stays ended, and is no fault", () => {
    const { entry } = step(undefined, { kind: "end" }, T);
    expect(entry).toEqual(ended);
    expect(step(entry, { kind: "begin", grant }, T + 1)).toEqual({ entry: ended });
  });
});

describe("refresh", () => {
  test("of the newest token makes the next one", () => {
    expect(refresh(family, 0, T + 7)).toEqual({
      entry: { ...family, newest: 1, usedAt: T + 7 },
      happened: "refreshed",
    });
  });

  test("35 a lost answer: the one before it gets the same successor, for a few seconds", () => {
    const rotated = { ...family, newest: 4, usedAt: T };
    const last = T + REFRESH_GRACE_S * 1000 - 1;
    for (const now of [T, last]) expect(refresh(rotated, 3, now)).toEqual({ entry: rotated });
  });

  test.each([
    ["the one before it, too late", 3, T + REFRESH_GRACE_S * 1000],
    ["the one before that, however soon", 2, T],
    ["the first one", 0, T + 1],
  ])("35 a stolen token: %s ends the grant", (_, number, now) => {
    const rotated = { ...family, newest: 4, usedAt: T };
    expect(refresh(rotated, number, now)).toEqual({
      entry: { endedAt: now },
      refusal: refused("refresh_reused"),
      happened: "reused",
    });
  });

  test.each<[what: string, before: Entry | undefined, number: number, reason: string]>([
    ["of a grant that is not there", undefined, 0, "grant_unknown"],
    ["of a grant that was ended", ended, 0, "grant_ended"],
    ["of a grant without refresh tokens", plain, 0, "refresh_never_given"],
    ["of a token that was never given", family, 1, "refresh_never_given"],
  ])("%s is refused and changes nothing", (_, before, number, reason) => {
    expect(refresh(before, number)).toEqual({ entry: before, refusal: refused(reason) });
  });

  test("by another client is refused and changes nothing, whichever token it is", () => {
    const rotated = { ...family, newest: 4 };
    for (const number of [0, 3, 4, 5]) {
      expect(refresh(rotated, number, T + 60_000, "other")).toEqual({
        entry: rotated,
        refusal: refused("refresh_of_other_client"),
      });
    }
  });
});

describe("a grant is over", () => {
  test.each<[what: string, family: Family, ttlS: number]>([
    ["with its access token, where it has no refresh token", plain, ACCESS_TOKEN_TTL_S],
    ["when its refresh token was not used for long", family, REFRESH_IDLE_S],
    [
      "at the latest so long after it began, however often it is used",
      { ...family, usedAt: T + (REFRESH_TTL_S - 5) * 1000, newest: 99 },
      REFRESH_TTL_S,
    ],
  ])("%s", (_, it, ttlS) => {
    const over = T + ttlS * 1000;
    expect(overAt(it)).toBe(over);
    expect(goingOn(it, over - 1)).toBe(it);
    expect(goingOn(it, over)).toEqual(refused("grant_over"));
    expect(refresh(it, it.newest ?? 0, over)).toEqual({
      entry: it,
      refusal: refused("grant_over"),
    });
  });

  test("and one that was ended is remembered for a minute more", () => {
    expect(overAt(ended)).toBe(T + GRANT_END_KEPT_S * 1000);
    expect(goingOn(ended, T)).toEqual(refused("grant_ended"));
  });
});

describe("end", () => {
  test("ends what is going on and forgets what it held", () => {
    for (const before of [family, plain]) {
      expect(step(before, { kind: "end" }, T)).toEqual({ entry: ended, happened: "ended" });
    }
  });

  test("twice is once", () => {
    expect(step(ended, { kind: "end" }, T + 5)).toEqual({ entry: ended });
  });

  test("by a client ends its own", () => {
    const step1 = step(family, { kind: "end", clientId: "acme" }, T);
    expect(step1).toEqual({ entry: ended, happened: "ended" });
  });

  test.each<[what: string, before: Entry | undefined, clientId: string, reason: string]>([
    ["another's", family, "other", "refresh_of_other_client"],
    ["one that is not there", undefined, "acme", "grant_unknown"],
    ["one that was ended", ended, "acme", "grant_ended"],
  ])("by a client changes nothing of %s", (_, before, clientId, reason) => {
    expect(step(before, { kind: "end", clientId }, T)).toEqual({
      entry: before,
      refusal: refused(reason),
    });
  });
});
