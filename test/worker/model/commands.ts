/** The commands of a model run: what anybody may do next, alone or at once, and time that passes. */
import fc from "fast-check";
import type { Aim } from "./acts.ts";
import * as browser from "./browser-acts.ts";
import { holds, holdsStill } from "./check.ts";
import { command, hasRoom, onLogin, pick, tally, type Command } from "./command.ts";
import { alarm, anything } from "./events.ts";
import { faults } from "./faults.ts";
import * as phone from "./phone-acts.ts";
import { hangUp, type LoginInWorld, type World } from "./world.ts";

const LOGINS_MAX = 4;

const single = fc.tuple(pick, anything).map(([back, { name, aim, opens }]) =>
  onLogin(
    name,
    back,
    async (world, login) => {
      const aimed = aim(world, login);
      await holds(login, [aimed], [await aimed.run()]);
    },
    (login) => !opens || hasRoom(login),
  ),
);

/** A double tap, a retry that meets the first try, an alarm in the middle of an event. */
const together = fc
  .tuple(pick, fc.array(fc.oneof(anything, alarm), { minLength: 2, maxLength: 3 }))
  .map(([back, events]) =>
    onLogin(
      `(${events.map(({ name }) => name).join(" & ")})`,
      back,
      async (world, login) => {
        tally.races++;
        const aimed = events.map(({ aim }) => aim(world, login));
        const answers = await Promise.all(aimed.map(({ run }) => run()));
        await holds(login, aimed, answers);
      },
      (login) => !events.some(({ opens }) => opens) || hasRoom(login),
    ),
  );

const mint = fc.constant(undefined).map(() =>
  command(
    "mint",
    async (world) => {
      await world.mint();
    },
    ({ logins }) => logins.length < LOGINS_MAX,
  ),
);

/** The tab's sockets go, and a new code comes: what a reload is to the server. */
const reload = pick.map((back) =>
  command(
    "reload",
    async (world) => {
      const old = world.logins[Math.max(0, world.logins.length - 1 - back)];
      if (old) {
        hangUp(old, old.model.openSockets);
        await holdsStill(old);
      }
      const login = await world.mint();
      const attach = browser.browserListens("owner")(world, login);
      await holds(login, [attach], [await attach.run()]);
    },
    ({ logins }) => logins.length < LOGINS_MAX,
  ),
);

const wait = fc
  .oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 5000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 130_000 }) },
  )
  .map((ms) =>
    command(`wait ${ms} ms`, async (world) => {
      world.advance(world.now + ms);
    }),
  );

/** To the millisecond before, at, or after the time at which this login's deadline passes. */
const waitForDeadline = fc.tuple(pick, fc.constantFrom(-1, 0, 1)).map(([back, ms]) =>
  onLogin(`wait for the deadline ${ms}`, back, async (world, { model }) => {
    if (model.login) world.advance(model.login.deadline + ms);
  }),
);

/** More often than not, the next thing that a login which comes to something needs. */
const onwards = pick.map((back) =>
  onLogin(
    "onwards",
    back,
    async (world, login) => {
      const aimed = nextStep(world, login)(world, login);
      await holds(login, [aimed], [await aimed.run()]);
    },
    hasRoom,
  ),
);

function nextStep({ handsets }: World, { model: { login } }: LoginInWorld): Aim {
  const by = Math.max(
    0,
    handsets.findIndex(({ account }) => account.sub === login?.user?.sub),
  );
  switch (login?.state) {
    case undefined:
      return browser.browserListens("owner");
    case "pending":
      return phone.scans(by);
    case "scanned":
      return phone.confirms(by);
    case "verifying":
      return browser.enters("twin", "right");
    case "confirmed":
      return browser.redeems("owner", "right");
    case "redeemed":
    case "cancelled":
    case "expired":
      return phone.phoneChecks(by);
  }
}

export const commands: fc.Arbitrary<Command>[] = [
  mint,
  reload,
  reload,
  single,
  single,
  together,
  onwards,
  onwards,
  onwards,
  onwards,
  ...faults,
  wait,
  waitForDeadline,
];
