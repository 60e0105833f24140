/**
 * The grants of one user, each with its family of refresh tokens: pure, `now` is passed in.
 *
 * Refresh tokens rotate (RFC 9700, section 4.14.2): each is good for one successor. Only the
 * number of the newest is stored, as a token is a function of its grant and its number. The one
 * before it gets the same successor again for REFRESH_GRACE_S; any older one ends the grant.
 */
import {
  ACCESS_TOKEN_TTL_S,
  GRANT_END_KEPT_S,
  REFRESH_GRACE_S,
  REFRESH_IDLE_S,
  REFRESH_TTL_S,
} from "../core/limits.ts";
import { refuse, type Refusal } from "../core/refusal.ts";
import type { User } from "../core/user.ts";

/** What a user said yes to, for one site. */
export interface Grant {
  /** Of the characters of base64url; 1 to 64 of them. */
  readonly id: string;
  readonly clientId: string;
  /** As the phone's identity had it when the user said yes: what userinfo tells. */
  readonly user: User;
  /** Granted, separated by spaces. A refresh token comes with `offline_access`. */
  readonly scope: string;
  /** Seconds since the epoch. */
  readonly authTime: number;
  readonly amr: readonly string[];
  readonly sid: string;
  readonly nonce?: string;
}

/** A grant that is going on. All times are milliseconds since the epoch. */
export interface Family {
  readonly grant: Grant;
  readonly begunAt: number;
  /** When its refresh token was last used, or begunAt. */
  readonly usedAt: number;
  /** The number of the newest refresh token; absent where there is none. */
  readonly newest?: number;
}

/** A grant that was ended is remembered for a while, without what it held. */
export interface Ended {
  readonly endedAt: number;
}

export type Entry = Family | Ended;

export type Event =
  | { readonly kind: "begin"; readonly grant: Grant }
  | { readonly kind: "refresh"; readonly presented: number; readonly clientId: string }
  | { readonly kind: "end" };

export type Happening = "begun" | "refreshed" | "reused" | "ended";

/** What became of it. Where nothing happened, `entry` is the one before. */
export interface Step<E extends Entry | undefined = Entry | undefined> {
  readonly entry: E;
  readonly refusal?: Refusal<"bad_grant">;
  readonly happened?: Happening;
}

export function step(before: Entry | undefined, event: Event, now: number): Step {
  switch (event.kind) {
    case "begin":
      return begin(before, event.grant, now);
    case "refresh":
      return refresh(before, event.presented, event.clientId, now);
    case "end":
      return end(before, now);
  }
}

/** @returns the family if it is going on */
export function goingOn(
  entry: Entry | undefined,
  now: number,
): { readonly family: Family } | Refusal<"bad_grant"> {
  if (entry === undefined) return refuse("bad_grant", { reason: "grant_unknown" });
  if (isEnded(entry)) return refuse("bad_grant", { reason: "grant_ended" });
  if (now >= overAt(entry)) return refuse("bad_grant", { reason: "grant_over" });
  return { family: entry };
}

/** From when on an entry may be deleted, as nothing can come of it any more. */
export function overAt(entry: Entry): number {
  if (isEnded(entry)) return entry.endedAt + GRANT_END_KEPT_S * 1000;
  const { begunAt, usedAt, newest } = entry;
  if (newest === undefined) return begunAt + ACCESS_TOKEN_TTL_S * 1000;
  return Math.min(usedAt + REFRESH_IDLE_S * 1000, begunAt + REFRESH_TTL_S * 1000);
}

/** Once for each grant. Asked again, as after a lost answer, it is the same as before. */
function begin(before: Entry | undefined, grant: Grant, now: number): Step {
  if (before !== undefined) {
    const found = goingOn(before, now);
    return "refused" in found ? { entry: before, refusal: found } : { entry: before };
  }
  const hasRefresh = grant.scope.split(" ").includes("offline_access");
  const entry = { grant, begunAt: now, usedAt: now, ...(hasRefresh && { newest: 0 }) };
  return { entry, happened: "begun" };
}

function refresh(
  before: Entry | undefined,
  presented: number,
  clientId: string,
  now: number,
): Step {
  const found = goingOn(before, now);
  if ("refused" in found) return { entry: before, refusal: found };
  const { family } = found;
  const refused = (reason: "refresh_of_other_client" | "refresh_never_given") => ({
    entry: before,
    refusal: refuse("bad_grant", { reason }),
  });
  if (family.grant.clientId !== clientId) return refused("refresh_of_other_client");
  const { newest, usedAt } = family;
  if (newest === undefined || presented > newest) return refused("refresh_never_given");
  if (presented === newest) {
    return { entry: { ...family, newest: newest + 1, usedAt: now }, happened: "refreshed" };
  }
  if (presented === newest - 1 && now < usedAt + REFRESH_GRACE_S * 1000) return { entry: family };
  const refusal = refuse("bad_grant", { reason: "refresh_reused" });
  return { entry: { endedAt: now }, refusal, happened: "reused" };
}

/**
 * One that is not known yet is noted all the same: a code that is used twice at once may be
 * noticed before its first use has begun the grant.
 */
function end(before: Entry | undefined, now: number): Step {
  if (before !== undefined && isEnded(before)) return { entry: before };
  return { entry: { endedAt: now }, happened: "ended" };
}

function isEnded(entry: Entry): entry is Ended {
  return "endedAt" in entry;
}
