/**
 * Whole lives of one uuid for the properties: random actors and clocks against `step`, with the
 * alarm that wipes what may be forgotten, as the login object's does. What is returned is a plain record;
 * the properties judge it without asking the machine.
 */
import fc from "fast-check";
import { step, type Event, type Login, type Rules } from "../../../src/login/machine.ts";
import type { User } from "../../../src/core/user.ts";
import type { Place } from "../../../src/core/place.ts";
import { browser, frozen, MINTED_AT, UUID } from "./fixtures.ts";

export interface Turn {
  readonly event: Event;
  readonly now: number;
  readonly before: Login | undefined;
  readonly after: Login | undefined;
  readonly refused: string | undefined;
  readonly happened: string | undefined;
}

export interface Life {
  readonly rules: Rules;
  readonly turns: readonly Turn[];
}

type Move = (login: Login | undefined, now: number) => Event;

/** Recognizable in whatever they leak into. */
export const users: readonly User[] = [0, 1, 2].map((i) => ({
  sub: `sub-of-user-${i}`,
  name: `User ${i}`,
}));
const phones: readonly Place[] = [
  { ip: browser.ip ?? "" },
  { ip: "198.51.100.1", country: "BR" },
  {},
];

/** The first of a list more often than the others, so that lives come to something. */
function mostly<T>(list: readonly T[]): fc.Arbitrary<T> {
  const [first] = list as readonly [T];
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(first) },
    { weight: 1, arbitrary: fc.constantFrom(...list) },
  );
}

const mark = mostly(["owner-digest-0", "owner-digest-1", "owner-digest-2"]);
const user = mostly(users);
/** The next step of an honest login, so that the dishonest ones happen in every state. */
const honest: Move = (login, now) => {
  const [by] = users as readonly [User];
  const owner = login?.owner ?? "owner-digest-0";
  const sub = login?.user?.sub ?? by.sub;
  if (login === undefined) return { kind: "attach", owner, browser };
  switch (login.state) {
    case "pending":
      return { kind: "scan", user: by, phone: {} };
    case "scanned":
      return { kind: "confirm", sub, number: "number-55" };
    case "verifying":
      return { kind: "enter", owner, number: login.number ?? "" };
    case "confirmed":
    case "redeemed":
    case "cancelled":
    case "expired":
      return { kind: "redeem", owner, sub, confirmedAt: login.confirmedAt ?? now };
  }
};

const move: fc.Arbitrary<Move> = fc.oneof(
  weighted(10, fc.constant(undefined), () => honest),
  weighted(2, mark, (by) => () => ({ kind: "attach", owner: by, browser })),
  weighted(3, fc.tuple(user, mostly(phones)), ([by, phone]) => () => ({
    kind: "scan",
    user: by,
    phone,
  })),
  weighted(4, fc.tuple(user, fc.integer({ min: 100, max: 999 })), ([by, number]) => () => ({
    kind: "confirm",
    sub: by.sub,
    number: `number-${number}`,
  })),
  weighted(3, user, (by) => () => ({ kind: "cancel", sub: by.sub })),
  weighted(3, fc.tuple(mark, mostly(["shown", "guessed"])), ([by, which]) => (login) => ({
    kind: "enter",
    owner: by,
    number: which === "shown" ? (login?.number ?? "number-0") : "number-1",
  })),
  weighted(
    4,
    fc.tuple(mark, mostly(["issued", "of another", "of another time"])),
    ([by, ticket]) =>
      (login, now) => ({
        kind: "redeem",
        owner: by,
        sub: (ticket === "of another" ? users[2]?.sub : login?.user?.sub) ?? "",
        confirmedAt: (login?.confirmedAt ?? now) + (ticket === "of another time" ? 1 : 0),
      }),
  ),
  weighted(1, user, (by) => () => ({ kind: "watch", sub: by.sub })),
  weighted(1, fc.constant(undefined), () => () => ({ kind: "fail" })),
  weighted(1, fc.constant(undefined), () => () => ({ kind: "deadline" })),
);

const wait = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 4000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 200_000 }) },
);

const time = fc.integer({ min: 1, max: 600 }).map((s) => s * 1000);

const rulesOf: fc.Arbitrary<Rules> = fc.record({
  scanWithinMs: time,
  confirmWithinMs: time,
  redeemWithinMs: time,
  codeWithinMs: time,
  failuresMax: fc.integer({ min: 1, max: 5 }),
  proximity: fc.constantFrom("off", "warn", "step_up", "deny"),
  farFromKm: fc.constant(500),
  numberMatch: mostly(["auto", "always"]),
});

/** @param waits how the clock moves between two events, in milliseconds */
export function lives(waits: fc.Arbitrary<number> = wait): fc.Arbitrary<Life> {
  const acts = fc.array(fc.tuple(waits, move), { maxLength: 30, size: "max" });
  return fc.tuple(rulesOf, acts).map(([rules, list]) => ({ rules, turns: live(rules, list) }));
}

function live(rules: Rules, acts: readonly (readonly [number, Move])[]): Turn[] {
  const turns: Turn[] = [];
  let now = MINTED_AT;
  let stored: Login | undefined;
  for (const [pause, moved] of acts) {
    now += pause;
    const event = frozen(moved(stored, now));
    const { login, refusal, happened } = step(stored, event, {
      now,
      uuid: UUID,
      mintedAt: MINTED_AT,
      rules,
    });
    turns.push({ event, now, before: stored, after: login, refused: refusal?.refused, happened });
    const isWiped = event.kind === "deadline" && login !== undefined && now >= login.deadline;
    stored = isWiped ? undefined : frozen(login);
  }
  return turns;
}

function weighted<T>(weight: number, of: fc.Arbitrary<T>, map: (value: T) => Move) {
  return { weight, arbitrary: of.map(map) };
}
