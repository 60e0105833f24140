/**
 * Every state × event × who × when: one cell each, written out. A cell says
 *
 *   .              nothing changed (the very same object), nothing refused
 *   !code          refused with the code, nothing changed
 *   state          moved to the state, one version on
 *   +              changed within its state, one version on
 *   state!code     moved to the state, and what was asked for is refused
 *
 * Columns with `*`: see the fixtures. `none`: no browser attached yet.
 */
import { describe, expect, test } from "vitest";
import { hasEnded, step, type Event, type Login, type State } from "../../../src/login/machine.ts";
import {
  ada,
  at,
  browser,
  CONFIRMED_AT,
  frozen,
  lin,
  logins,
  SCAN_UNTIL,
} from "../../support/login/fixtures.ts";

const stranger = "owner-2";
const phone = { ip: browser.ip ?? "" };
const rightTicket = { sub: ada.sub, confirmedAt: CONFIRMED_AT };

/** Who can do what. A kind of event that is not in here does not compile. */
const events = {
  attach: {
    "attach/owner": { kind: "attach", owner: "owner-1", browser },
    "attach/stranger": { kind: "attach", owner: stranger, browser },
  },
  scan: {
    "scan/claimant": { kind: "scan", user: ada, phone },
    "scan/other": { kind: "scan", user: lin, phone },
  },
  confirm: {
    "confirm/claimant": { kind: "confirm", sub: ada.sub, number: "271" },
    "confirm/other": { kind: "confirm", sub: lin.sub, number: "271" },
  },
  cancel: {
    "cancel/claimant": { kind: "cancel", sub: ada.sub },
    "cancel/other": { kind: "cancel", sub: lin.sub },
  },
  enter: {
    "enter/right": { kind: "enter", owner: "owner-1", number: "314" },
    "enter/wrong": { kind: "enter", owner: "owner-1", number: "315" },
    "enter/stranger": { kind: "enter", owner: stranger, number: "314" },
  },
  redeem: {
    "redeem/right": { kind: "redeem", owner: "owner-1", ...rightTicket },
    "redeem/stranger": { kind: "redeem", owner: stranger, ...rightTicket },
    "redeem/wrong-user": { kind: "redeem", owner: "owner-1", ...rightTicket, sub: lin.sub },
    "redeem/wrong-time": { kind: "redeem", owner: "owner-1", sub: ada.sub, confirmedAt: 1 },
  },
  // None of these was for a site, so no session answers, and there is no code: see vouch.test.ts
  // and exchange.test.ts.
  vouch: {
    "vouch/our-own": {
      kind: "vouch",
      owner: "owner-1",
      user: ada,
      session: { authTime: 1 },
      asked: { site: "acme", redirectUri: "https://acme.example/in", scope: "openid" },
    },
  },
  exchange: {
    "exchange/no-code": {
      kind: "exchange",
      site: "acme",
      confirmedAt: CONFIRMED_AT,
      redirectUri: "https://acme.example/in",
      attempt: "attempt-1",
    },
  },
  watch: {
    "watch/claimant": { kind: "watch", sub: ada.sub },
    "watch/other": { kind: "watch", sub: lin.sub },
  },
  fail: {
    "fail/fourth": { kind: "fail" },
    "fail/fifth": { kind: "fail" },
  },
  deadline: { "deadline/alarm": { kind: "deadline" } },
} as const satisfies { [Kind in Event["kind"]]: Record<string, Extract<Event, { kind: Kind }>> };

const before = `
                   none          pending      scanned            scanned*           verifying          confirmed          confirmed*         redeemed           cancelled         expired      expired*
attach/owner       pending       .            .                  .                  .                  .                  .                  .                  .                 .            .
attach/stranger    pending       !not_your_browser !not_your_browser !not_your_browser !not_your_browser !not_your_browser !not_your_browser !not_your_browser !not_your_browser !not_your_browser !not_your_browser
scan/claimant      !not_watched  scanned      .                  .                  .                  !already_used      !already_used      !already_used      !cancelled        !expired     !expired
scan/other         !not_watched  scanned      !claimed_by_other  !claimed_by_other  !claimed_by_other  !claimed_by_other  !claimed_by_other  !claimed_by_other  !cancelled        !expired     !expired
confirm/claimant   !not_watched  !not_scanned confirmed          verifying          .                  .                  .                  .                  !cancelled        !expired     !expired
confirm/other      !not_watched  !not_scanned !claimed_by_other  !claimed_by_other  !claimed_by_other  !claimed_by_other  !claimed_by_other  !claimed_by_other  !cancelled        !expired     !expired
cancel/claimant    !not_watched  !not_scanned cancelled          cancelled          cancelled          cancelled          cancelled          !already_used      .                 !expired     !expired
cancel/other       !not_watched  !not_scanned !claimed_by_other  !claimed_by_other  !claimed_by_other  !claimed_by_other  !claimed_by_other  !claimed_by_other  !cancelled        !expired     !expired
enter/right        !not_watched  !not_scanned !not_scanned       !not_scanned       confirmed          !not_scanned       .                  !already_used      !cancelled        !expired     !expired
enter/wrong        !not_watched  !not_scanned !not_scanned       !not_scanned       cancelled          !not_scanned       .                  !already_used      !cancelled        !expired     !expired
enter/stranger     !not_watched  !not_your_browser !not_your_browser !not_your_browser !not_your_browser !not_your_browser !not_your_browser !not_your_browser !not_your_browser !not_your_browser !not_your_browser
redeem/right       !not_watched  !bad_ticket  !bad_ticket        !bad_ticket        !bad_ticket        redeemed           redeemed           !already_used      !cancelled        !expired     !expired
redeem/stranger    !not_watched  !not_your_browser !not_your_browser !not_your_browser !not_your_browser !not_your_browser !not_your_browser !not_your_browser !not_your_browser !not_your_browser !not_your_browser
redeem/wrong-user  !not_watched  !bad_ticket  !bad_ticket        !bad_ticket        !bad_ticket        !bad_ticket        !bad_ticket        !bad_ticket        !cancelled        !expired     !expired
redeem/wrong-time  !not_watched  !bad_ticket  !bad_ticket        !bad_ticket        !bad_ticket        !bad_ticket        !bad_ticket        !bad_ticket        !cancelled        !expired     !expired
vouch/our-own      !not_watched  !bad_ticket  !bad_ticket        !bad_ticket        !bad_ticket        !bad_ticket        !bad_ticket        !bad_ticket        !cancelled        !expired     !expired
exchange/no-code   !not_watched  !bad_grant !bad_grant !bad_grant !bad_grant !bad_grant !bad_grant !bad_grant !bad_grant !bad_grant !bad_grant
watch/claimant     !not_watched  !not_scanned .                  .                  .                  .                  .                  .                  .                 !expired     .
watch/other        !not_watched  !not_scanned !claimed_by_other  !claimed_by_other  !claimed_by_other  !claimed_by_other  !claimed_by_other  !claimed_by_other  !claimed_by_other !expired     !claimed_by_other
fail/fourth        !not_watched  +            !already_used      !already_used      !already_used      !already_used      !already_used      !already_used      !cancelled        !expired     !expired
fail/fifth         !not_watched  expired      !already_used      !already_used      !already_used      !already_used      !already_used      !already_used      !cancelled        !expired     !expired
deadline/alarm     !not_watched  .            .                  .                  .                  .                  .                  .                  .                 .            .
`;

/** At the deadline and ever after. */
const late = `
                   none      pending                  scanned                  scanned*                 verifying                confirmed                confirmed*               redeemed          cancelled         expired           expired*
attach/owner       !expired  expired                  expired                  expired                  expired                  expired                  expired                  .                 .                 .                 .
attach/stranger    !expired  expired!not_your_browser expired!not_your_browser expired!not_your_browser expired!not_your_browser expired!not_your_browser expired!not_your_browser !not_your_browser !not_your_browser !not_your_browser !not_your_browser
scan/claimant      !expired  expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          !already_used     !cancelled        !expired          !expired
scan/other         !expired  expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          !claimed_by_other !cancelled        !expired          !expired
confirm/claimant   !expired  expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          .                 !cancelled        !expired          !expired
confirm/other      !expired  expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          !claimed_by_other !cancelled        !expired          !expired
cancel/claimant    !expired  expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          !already_used     .                 !expired          !expired
cancel/other       !expired  expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          !claimed_by_other !cancelled        !expired          !expired
enter/right        !expired  expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          !already_used     !cancelled        !expired          !expired
enter/wrong        !expired  expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          !already_used     !cancelled        !expired          !expired
enter/stranger     !expired  expired!not_your_browser expired!not_your_browser expired!not_your_browser expired!not_your_browser expired!not_your_browser expired!not_your_browser !not_your_browser !not_your_browser !not_your_browser !not_your_browser
redeem/right       !expired  expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          !already_used     !cancelled        !expired          !expired
redeem/stranger    !expired  expired!not_your_browser expired!not_your_browser expired!not_your_browser expired!not_your_browser expired!not_your_browser expired!not_your_browser !not_your_browser !not_your_browser !not_your_browser !not_your_browser
redeem/wrong-user  !expired  expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          !bad_ticket       !cancelled        !expired          !expired
redeem/wrong-time  !expired  expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          !bad_ticket       !cancelled        !expired          !expired
vouch/our-own      !expired  expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          !bad_ticket       !cancelled        !expired          !expired
exchange/no-code   !expired  expired!bad_grant expired!bad_grant expired!bad_grant expired!bad_grant expired!bad_grant expired!bad_grant !bad_grant !bad_grant !bad_grant !bad_grant
watch/claimant     !expired  expired!expired          expired                  expired                  expired                  expired                  expired                  .                 .                 !expired          .
watch/other        !expired  expired!expired          expired!claimed_by_other expired!claimed_by_other expired!claimed_by_other expired!claimed_by_other expired!claimed_by_other !claimed_by_other !claimed_by_other !expired          !claimed_by_other
fail/fourth        !expired  expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          !already_used     !cancelled        !expired          !expired
fail/fifth         !expired  expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          expired!expired          !already_used     !cancelled        !expired          !expired
deadline/alarm     !expired  expired                  expired                  expired                  expired                  expired                  expired                  .                 .                 .                 .
`;

const DAY = 86_400_000;
const whens = [
  { when: "1 ms before the deadline", table: before, offset: -1 },
  { when: "at the deadline", table: late, offset: 0 },
  { when: "1 ms after the deadline", table: late, offset: 1 },
  { when: "a day after the deadline", table: late, offset: DAY },
];

const given: Record<string, Login | undefined> = { none: undefined, ...logins };
const kindsOf = Object.values(events).flatMap((variants) => Object.entries<Event>(variants));
const named: Record<string, Event> = Object.fromEntries(kindsOf);

describe.each(whens)("$when", ({ table, offset }) => {
  const cells = parse(table);

  test("every state and every event has its cell", () => {
    const all = Object.keys(given).flatMap((state) =>
      Object.keys(named).map((event) => `${state} ${event}`),
    );
    expect(cells.map(({ state, event }) => `${state} ${event}`).sort()).toEqual(all.sort());
    const allStates: Record<State, true> = {
      pending: true,
      scanned: true,
      verifying: true,
      confirmed: true,
      redeemed: true,
      cancelled: true,
      expired: true,
    };
    const tried = Object.values(logins).map(({ state }) => state);
    expect([...new Set(tried)].sort()).toEqual(Object.keys(allStates).sort());
  });

  test.each(cells)("$state, $event: $cell", ({ state, event, cell }) => {
    const was = event === "fail/fifth" ? withFailures(given[state], 4) : given[state];
    const login = frozen(event === "fail/fourth" ? withFailures(was, 3) : was);
    const now = (login?.deadline ?? SCAN_UNTIL) + offset;
    const after = step(login, frozen(named[event]) as Event, at(now));

    const [to, code] = cell.split("!") as [string, string?];
    expect(after.refusal?.refused).toBe(code);
    if (to === "" || to === ".") {
      expect(after.login).toBe(login);
    } else {
      expect(after.login?.state).toBe(to === "+" ? login?.state : to);
      expect(after.login?.version).toBe((login?.version ?? 0) + 1);
    }
  });
});

test("exactly redeemed, cancelled and expired have ended", () => {
  const ended = Object.values(logins).filter(hasEnded);
  expect([...new Set(ended.map(({ state }) => state))].sort()).toEqual([
    "cancelled",
    "expired",
    "redeemed",
  ]);
});

function withFailures(login: Login | undefined, failures: number): Login | undefined {
  return login && { ...login, failures };
}

function parse(table: string): { state: string; event: string; cell: string }[] {
  const [states = [], ...rows] = table
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  return rows.flatMap(([event = "", ...row]) => {
    expect(row, event).toHaveLength(states.length);
    return states.map((state, i) => ({ state, event, cell: row[i] ?? "" }));
  });
}
