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
import { isRefusal, refuse, type Refusal } from "../core/refusal.ts";
import type { User } from "../core/user.ts";

/** What a user said yes to, for one site. */
export interface Grant {
  /** 1 to 64 characters of base64url. */
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
  /** When the newest refresh token was made, or the grant. */
  readonly usedAt: number;
  /** The number of the newest refresh token; absent where there is none. */
  readonly newest?: number;
}

/** A grant that was ended is remembered for a while, without what it held. */
export interface Ended {
  readonly endedAt: number;
}

/** What is stored of a grant. */
export type Entry = Family | Ended;

export type Event =
  | { readonly kind: "begin"; readonly grant: Grant }
  /** `number` is that of the token presented. */
  | { readonly kind: "refresh"; readonly number: number; readonly clientId: string }
  /** `clientId` where a client asks for it: only for its own, and only if there is one. */
  | { readonly kind: "end"; readonly clientId?: string };

export type Happening = "begun" | "refreshed" | "reused" | "ended";

/** What became of it. Where nothing happened, `entry` is the one before. */
export interface Step {
  readonly entry: Entry | undefined;
  readonly refusal?: Refusal<"bad_grant">;
  readonly happened?: Happening;
}

export function step(before: Entry | undefined, event: Event, now: number): Step {
  switch (event.kind) {
    case "begin":
      return begin(before, event.grant, now);
    case "refresh":
      return refresh(before, event, now);
    case "end":
      return end(before, event, now);
  }
}

/** @returns the family while it is going on; else `bad_grant` */
export function goingOn(entry: Entry | undefined, now: number): Family | Refusal<"bad_grant"> {
  if (entry === undefined) return refuse("bad_grant", { reason: "grant_unknown" });
  if (isEnded(entry)) return refuse("bad_grant", { reason: "grant_ended" });
  if (now >= overAt(entry)) return refuse("bad_grant", { reason: "grant_over" });
  return entry;
}

/** From when on an entry may be deleted, as nothing can come of it any more. */
export function overAt(entry: Entry): number {
  if (isEnded(entry)) return entry.endedAt + GRANT_END_KEPT_S * 1000;
  const { begunAt, usedAt, newest } = entry;
  if (newest === undefined) return begunAt + ACCESS_TOKEN_TTL_S * 1000;
  return Math.min(usedAt + REFRESH_IDLE_S * 1000, begunAt + REFRESH_TTL_S * 1000);
}

/**
 * Once for each grant. Asked again, as after a lost answer, it is as it was; so is one that was
 * ended before it began, as by a second use of its code that overtook the first. The login has said
 * which use was the first; in which order both get here must not change what either is told.
 */
function begin(before: Entry | undefined, grant: Grant, now: number): Step {
  if (before !== undefined) {
    const found = isEnded(before) ? before : goingOn(before, now);
    return isRefusal(found) ? { entry: before, refusal: found } : { entry: before };
  }
  const entry = { grant, begunAt: now, usedAt: now, ...firstTokenOf(grant) };
  return { entry, happened: "begun" };
}

/** A grant has a refresh token only for `offline_access`. */
export function firstTokenOf({ scope }: Pick<Grant, "scope">): { readonly newest?: number } {
  return scope.split(" ").includes("offline_access") ? { newest: 0 } : {};
}

function refresh(
  before: Entry | undefined,
  { number, clientId }: Extract<Event, { kind: "refresh" }>,
  now: number,
): Step {
  const family = goingOn(before, now);
  const refusal = isRefusal(family) ? family : refusalOf(family, number, clientId, now);
  if (refusal?.reason === "refresh_reused") {
    return { entry: { endedAt: now }, refusal, happened: "reused" };
  }
  if (isRefusal(family) || refusal) return { entry: before, ...(refusal && { refusal }) };
  if (number !== family.newest) return { entry: family };
  return { entry: { ...family, newest: number + 1, usedAt: now }, happened: "refreshed" };
}

/** Why this token gets no successor. A client that shows another's learns and changes nothing. */
export function refusalOf(
  { grant, newest, usedAt }: Family,
  number: number,
  clientId: string,
  now: number,
): Refusal<"bad_grant"> | undefined {
  if (grant.clientId !== clientId) {
    return refuse("bad_grant", { reason: "refresh_of_other_client" });
  }
  if (newest === undefined || number > newest) {
    return refuse("bad_grant", { reason: "refresh_never_given" });
  }
  const isLostAnswer = number === newest - 1 && now < usedAt + REFRESH_GRACE_S * 1000;
  if (number === newest || isLostAnswer) return undefined;
  return refuse("bad_grant", { reason: "refresh_reused" });
}

/**
 * One that is not known is noted as ended all the same: the second use of a code may be noticed
 * before its first use has begun the grant.
 */
function end(
  before: Entry | undefined,
  { clientId }: Extract<Event, { kind: "end" }>,
  now: number,
): Step {
  if (clientId !== undefined) {
    const found = goingOn(before, now);
    if (isRefusal(found)) return { entry: before, refusal: found };
    if (found.grant.clientId !== clientId) {
      const refusal = refuse("bad_grant", { reason: "refresh_of_other_client" });
      return { entry: before, refusal };
    }
  }
  if (before !== undefined && isEnded(before)) return { entry: before };
  return { entry: { endedAt: now }, happened: "ended" };
}

function isEnded(entry: Entry): entry is Ended {
  return "endedAt" in entry;
}
