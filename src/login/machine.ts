/**
 * The rules of one login, all of them: plain data in, plain data out, nothing of the platform.
 *
 *   pending → scanned → (verifying →) confirmed → redeemed
 *   and from the first four: cancelled or expired
 *
 * `step` answers with the login as it stands after the event (the same object, if nothing
 * changed), with what happened to it, and, where the event was not allowed, with the refusal.
 */
import { consequence, nearness, type Nearness, type Proximity } from "./proximity.ts";
import type { Place } from "../core/place.ts";
import { refuse, type Refusal, type RefusalReason } from "../core/refusal.ts";
import type { Site } from "../core/site.ts";
import type { User } from "../core/user.ts";

export type State =
  | "pending"
  | "scanned"
  | "verifying"
  | "confirmed"
  | "redeemed"
  | "cancelled"
  | "expired";

/** Why a login ended without a session. */
export type EndReason = "denied" | "timeout" | "too_many_attempts" | "wrong_code";

/** The browser that waits, from its attaching request, never from what its page claims. */
export interface Browser extends Place {
  readonly name: string;
  readonly os: string;
}

/** What a site asked for, and what its authorization code will stand for. */
export interface Asked {
  /** The id of the site's client. */
  readonly site: string;
  readonly redirectUri: string;
  /** Granted, separated by spaces. */
  readonly scope: string;
  readonly nonce?: string;
  /** The code challenge, S256 (RFC 7636). */
  readonly challenge?: string;
}

/** The authorization code of a login that was redeemed for a site. */
export interface Code extends Asked {
  readonly until: number;
  /** It was presented by its site, rightly or not: in this attempt, and in no other. */
  readonly isSpent?: true;
  readonly spentIn?: string;
}

/** A session of this deployment's own front door, as it answered for its user. */
export interface Vouching {
  /** When its user was signed in: seconds since the epoch. */
  readonly authTime: number;
  readonly sid?: string;
}

export interface Login {
  /** One more with every change, so that who hears over two channels keeps the newer. */
  readonly version: number;
  readonly state: State;
  readonly uuid: string;
  /** Milliseconds since the epoch, like every time in here. */
  readonly mintedAt: number;
  /**
   * When the state at hand is over, and the alarm has to ring. It never moves to an earlier time,
   * so the alarm that was set for it is never too late.
   */
  readonly deadline: number;
  /** Digest of the browser key that attached first. */
  readonly owner: string;
  readonly browser: Browser;
  /** Who asks; absent where it is this deployment itself. */
  readonly site?: Site;
  /** Wrong credentials sent to this login. */
  readonly failures: number;
  readonly user?: User;
  readonly nearness?: Nearness;
  /** The browser must enter a number that the phone shows before the ticket is issued. */
  readonly needsNumber?: boolean;
  readonly number?: string;
  /** Part of what the ticket signs. */
  readonly confirmedAt?: number;
  /** The end of the ticket's own life, which may be before the deadline. */
  readonly redeemBy?: number;
  /** The attempt that redeemed it, as the browser named it. */
  readonly attempt?: string;
  readonly code?: Code;
  /** Where nobody was asked on a phone: the session that answered. */
  readonly session?: Vouching;
  readonly reason?: EndReason;
}

export type Event =
  | {
      readonly kind: "attach";
      readonly owner: string;
      readonly browser: Browser;
      readonly site?: Site;
    }
  | { readonly kind: "scan"; readonly user: User; readonly phone: Place }
  /** `number` is fresh randomness, used only if this login needs one. */
  | { readonly kind: "confirm"; readonly sub: string; readonly number: string }
  | { readonly kind: "cancel"; readonly sub: string }
  | { readonly kind: "enter"; readonly owner: string; readonly number: string }
  /** `sub` and `confirmedAt` come from a ticket whose signature was verified before. */
  | {
      readonly kind: "redeem";
      readonly owner: string;
      readonly sub: string;
      readonly confirmedAt: number;
      readonly attempt?: string;
      /** By a site: for a code. By this deployment: absent, for a session. */
      readonly asked?: Asked;
    }
  /**
   * A session answers for its user, and nobody is asked: for a site alone, where this deployment
   * allows it. From pending to redeemed, so no phone and no ticket come into it.
   */
  | {
      readonly kind: "vouch";
      readonly owner: string;
      readonly user: User;
      readonly session: Vouching;
      readonly asked: Asked;
    }
  /** By a site that proved itself, for a code whose signature was verified before. */
  | {
      readonly kind: "exchange";
      readonly site: string;
      readonly confirmedAt: number;
      readonly redirectUri: string;
      /** What the code verifier makes: the challenge that it answers. */
      readonly challenge?: string;
      /** Names this call of the site, so that an answer lost on our side can be asked for again. */
      readonly attempt: string;
    }
  | { readonly kind: "watch"; readonly sub: string }
  | { readonly kind: "fail" }
  | { readonly kind: "deadline" };

export type EventOf<Kind extends Event["kind"]> = Extract<Event, { kind: Kind }>;

export interface Rules {
  readonly scanWithinMs: number;
  readonly confirmWithinMs: number;
  readonly redeemWithinMs: number;
  /** From redeeming to exchanging the code for tokens. */
  readonly codeWithinMs: number;
  readonly failuresMax: number;
  readonly proximity: Proximity;
  readonly farFromKm: number;
  /** `always`: every login asks for the number, near or far. */
  readonly numberMatch: "auto" | "always";
}

export interface At {
  readonly now: number;
  readonly uuid: string;
  readonly mintedAt: number;
  readonly rules: Rules;
}

/** What an event did: the state it led to, or that it counted a failure. */
export type Happening =
  | State
  | "vouched"
  | "credentials_failed"
  | "code_exchanged"
  | "code_refused";

export interface Step {
  readonly login: Login | undefined;
  readonly refusal?: Refusal;
  /** Absent where nothing changed. */
  readonly happened?: Happening;
}

export function step(given: Login | undefined, event: Event, at: At): Step {
  if (given === undefined) return begin(event, at);
  const login = settle(given, at);
  const next = take(login, event, at);
  // It had expired before the event came, and an ended login changes no more.
  return login === given ? next : { ...next, happened: "expired" };
}

function take(login: Login, event: Event, at: At): Step {
  switch (event.kind) {
    case "attach":
      return event.owner === login.owner ? { login } : no(login, "not_your_browser");
    case "scan":
      return scan(login, event, at);
    case "confirm":
      return confirm(login, event, at);
    case "cancel":
      return cancel(login, event);
    case "enter":
      return enter(login, event, at);
    case "redeem":
      return redeem(login, event, at);
    case "vouch":
      return vouch(login, event, at);
    case "exchange":
      return exchange(login, event, at);
    case "watch":
      return watch(login, event);
    case "fail":
      return fail(login, at);
    case "deadline":
      return { login };
  }
}

/** How long after its minting the slowest login can still be going on. */
export function longestMs(rules: Rules): number {
  // Confirming may be followed by entering a number, which has the same time again.
  return rules.scanWithinMs + 2 * rules.confirmWithinMs + rules.redeemWithinMs;
}

/** Ended logins change no more, except that a code may still be spent. */
export function hasEnded(login: Pick<Login, "state">): boolean {
  return login.state === "redeemed" || login.state === "cancelled" || login.state === "expired";
}

/** From then on the next step is too late. A ticket's life may end before the deadline. */
export function expiresAt({ state, deadline, redeemBy = deadline }: Login): number {
  return state === "confirmed" ? redeemBy : deadline;
}

/** The first event of a uuid must be its browser's; nobody else can call a login into being. */
function begin(event: Event, { now, uuid, mintedAt, rules }: At): Step {
  const scanUntil = mintedAt + rules.scanWithinMs;
  if (now >= scanUntil) return { login: undefined, refusal: refuse("expired") };
  if (event.kind !== "attach") return { login: undefined, refusal: refuse("not_watched") };
  return {
    login: {
      version: 1,
      state: "pending",
      uuid,
      mintedAt,
      deadline: scanUntil,
      owner: event.owner,
      browser: event.browser,
      ...(event.site && { site: event.site }),
      failures: 0,
    },
    happened: "pending",
  };
}

/** A deadline that has passed has passed for everybody, whether or not the alarm rang yet. */
function settle(login: Login, at: At): Login {
  if (hasEnded(login) || at.now < expiresAt(login)) return login;
  return change(login, { state: "expired", reason: "timeout" });
}

function scan(login: Login, { user, phone }: EventOf<"scan">, at: At): Step {
  const over = endedWithoutSession(login);
  if (over) return no(login, over);
  if (isOthers(login, user.sub)) return no(login, "claimed_by_other");
  if (login.state === "confirmed" || login.state === "redeemed") return no(login, "already_used");
  if (login.state !== "pending") return { login };

  const { proximity, farFromKm, numberMatch } = at.rules;
  const near = nearness(login.browser, phone, farFromKm);
  const then = consequence(proximity, near.verdict);
  if (then === "refuse") return no(login, "too_far");
  return to(login, "scanned", {
    deadline: later(login, at.now + at.rules.confirmWithinMs),
    user,
    needsNumber: then === "number" || numberMatch === "always",
    ...(proximity === "off" ? {} : { nearness: near }),
  });
}

function confirm(login: Login, { sub, number }: EventOf<"confirm">, at: At): Step {
  const refusal = notTheClaimant(login, sub);
  if (refusal) return no(login, refusal);
  // An answer that was lost is asked for again; it grants nothing that was not granted before.
  if (login.state !== "scanned") return { login };
  if (!login.needsNumber) return issueTicket(login, at);
  const deadline = later(login, at.now + at.rules.confirmWithinMs);
  return to(login, "verifying", { number, deadline });
}

function cancel(login: Login, { sub }: EventOf<"cancel">): Step {
  if (login.state === "cancelled" && login.user?.sub === sub) return { login };
  const refusal = notTheClaimant(login, sub);
  if (refusal) return no(login, refusal);
  if (login.state === "redeemed") return no(login, "already_used");
  return to(login, "cancelled", { reason: "denied" });
}

function enter(login: Login, { owner, number }: EventOf<"enter">, at: At): Step {
  if (owner !== login.owner) return no(login, "not_your_browser");
  const over = endedWithoutSession(login);
  if (over) return no(login, over);
  if (login.state === "redeemed") return no(login, "already_used");
  if (login.number === undefined) return no(login, "not_scanned");
  if (login.state === "confirmed") return { login };
  // One wrong entry ends it: a second guess would be an attacker's as often as a typo.
  if (number !== login.number) return to(login, "cancelled", { reason: "wrong_code" });
  return issueTicket(login, at);
}

function redeem(login: Login, event: EventOf<"redeem">, at: At): Step {
  if (event.owner !== login.owner) return no(login, "not_your_browser");
  const over = endedWithoutSession(login);
  if (over) return no(login, over);
  if (event.sub !== login.user?.sub || event.confirmedAt !== login.confirmedAt) {
    return no(login, "bad_ticket");
  }
  // A yes for one audience grants nothing at another.
  if (event.asked?.site !== login.site?.id) return no(login, "bad_ticket", "other_audience");
  if (login.state === "redeemed") {
    // The same attempt comes again when its answer was lost; any other is somebody else's.
    const isRetry = event.attempt !== undefined && event.attempt === login.attempt;
    return isRetry && at.now < (login.redeemBy ?? 0) ? { login } : no(login, "already_used");
  }
  const { attempt, asked } = event;
  const until = at.now + at.rules.codeWithinMs;
  return to(login, "redeemed", {
    ...(attempt !== undefined && { attempt }),
    ...(asked && { code: { ...asked, until }, deadline: later(login, until) }),
  });
}

function vouch(login: Login, event: EventOf<"vouch">, at: At): Step {
  const { owner, user, session, asked } = event;
  if (owner !== login.owner) return no(login, "not_your_browser");
  const over = endedWithoutSession(login);
  if (over) return no(login, over);
  // A session begins no other session, and answers for nobody but the site that asks.
  if (asked.site !== login.site?.id) return no(login, "bad_ticket", "other_audience");
  // An answer that was lost: the owner is this one request.
  if (login.state === "redeemed" && login.session) return { login };
  if (login.state !== "pending") return no(login, "already_used");
  const until = at.now + at.rules.codeWithinMs;
  const more = { user, session, confirmedAt: at.now, code: { ...asked, until } };
  const next = change(login, { ...more, state: "redeemed", deadline: later(login, until) });
  return { login: next, happened: "vouched" };
}

/**
 * Once, whatever comes of it: a wrong verifier spends the code as well, or it could be guessed at
 * (RFC 6749, section 4.1.3; RFC 7636, section 4.6).
 */
function exchange(login: Login, event: EventOf<"exchange">, at: At): Step {
  const { code } = login;
  if (code === undefined || event.confirmedAt !== login.confirmedAt) {
    return no(login, "bad_grant", "code_unknown");
  }
  if (event.site !== code.site) return no(login, "bad_grant", "code_of_other_client");
  const fault = faultOf(code, event);
  if (code.isSpent) {
    if (event.attempt !== code.spentIn) return no(login, "already_used", "code_reused");
    return fault === undefined ? { login } : no(login, "bad_grant", fault);
  }
  if (at.now >= code.until) return no(login, "bad_grant", "code_too_late");
  const spent = change(login, { code: { ...code, isSpent: true, spentIn: event.attempt } });
  if (fault === undefined) return { login: spent, happened: "code_exchanged" };
  return {
    login: spent,
    refusal: refuse("bad_grant", { reason: fault }),
    happened: "code_refused",
  };
}

/** A verifier that nobody asked for is refused too: it may be a downgrade (RFC 9700, 4.8.2). */
function faultOf(code: Code, event: EventOf<"exchange">): RefusalReason | undefined {
  if (event.redirectUri !== code.redirectUri) return "redirect_uri_differs";
  return event.challenge === code.challenge ? undefined : "verifier_wrong";
}

function watch(login: Login, { sub }: EventOf<"watch">): Step {
  if (login.user === undefined) return no(login, endedWithoutSession(login) ?? "not_scanned");
  return login.user.sub === sub ? { login } : no(login, "claimed_by_other");
}

/** Once somebody has scanned, strangers' wrong passwords must not take the login from them. */
function fail(login: Login, at: At): Step {
  if (login.state !== "pending") return no(login, endedWithoutSession(login) ?? "already_used");
  const failures = login.failures + 1;
  if (failures >= at.rules.failuresMax) {
    return to(login, "expired", { failures, reason: "too_many_attempts" });
  }
  return { login: change(login, { failures }), happened: "credentials_failed" };
}

/** Why this user may not confirm or cancel, if so. */
function notTheClaimant(login: Login, sub: string): Refusal["refused"] | undefined {
  const over = endedWithoutSession(login);
  if (over) return over;
  if (login.user === undefined) return "not_scanned";
  return isOthers(login, sub) ? "claimed_by_other" : undefined;
}

function endedWithoutSession(login: Login): "cancelled" | "expired" | undefined {
  return login.state === "cancelled" || login.state === "expired" ? login.state : undefined;
}

function isOthers(login: Login, sub: string): boolean {
  return login.user !== undefined && login.user.sub !== sub;
}

function issueTicket(login: Login, { now, rules }: At): Step {
  const redeemBy = now + rules.redeemWithinMs;
  return to(login, "confirmed", { confirmedAt: now, redeemBy, deadline: later(login, redeemBy) });
}

function later({ deadline }: Login, time: number): number {
  return Math.max(deadline, time);
}

function to(login: Login, state: State, more: Partial<Login>): Step {
  return { login: change(login, { ...more, state }), happened: state };
}

function change(login: Login, more: Partial<Login>): Login {
  return { ...login, ...more, version: login.version + 1 };
}

function no(login: Login, code: Refusal["refused"], reason?: RefusalReason): Step {
  return { login, refusal: refuse(code, reason && { reason }) };
}
