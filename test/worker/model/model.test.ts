/**
 * Many browsers and phones in random interleavings, with faults between any two events: every
 * answer, push, stored row and alarm is held against the pure machine. A failure prints the seed
 * and the path; give both to `fc.assert` to see it again.
 */
import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { afterAll, expect, test, vi } from "vitest";
import { alarmRings } from "./acts.ts";
import { expiresAt } from "../../../src/login/machine.ts";
import { redeems } from "./browser-acts.ts";
import { holds, holdsNothing, strayPushes } from "./check.ts";
import { tally, type Command } from "./command.ts";
import { commands } from "./commands.ts";
import { newPerson, objectOf, World, type Person } from "./world.ts";

// For this file's Worker and objects alone, before either has read its configuration: the phone
// that is far away needs a code, the near one does not.
Object.assign(env, { PROXIMITY: "step_up" });

/** At a time: how many steps a run has is chance. */
const RUNS = 20;
const COMMANDS_MAX = 100;
const STEPS_MIN = 5000;

// The audit trail of so many logins is nobody's to read.
const log = vi.spyOn(console, "log").mockImplementation(() => {});

const seen = { logins: 0, granted: 0, lost: 0, doubleGrants: 0, strayPushes: 0 };

afterAll(() => {
  log.mockRestore();
  const faults = tally.evictions + tally.alarms + tally.writes + tally.sockets;
  console.log(
    `model: ${tally.steps} steps in ${seen.logins} logins, ${tally.races} of them races; ` +
      `faults ${faults} (evictions ${tally.evictions}, alarms ${tally.alarms}, ` +
      `failed writes ${tally.writes}, dead sockets ${tally.sockets}); ` +
      `granted ${seen.granted}, logins lost ${seen.lost}, double grants ${seen.doubleGrants}, ` +
      `pushes to the wrong browser ${seen.strayPushes}`,
  );
});

test("random lives of many logins answer, push and store exactly what the machine says", async () => {
  const people = [await newPerson(), await newPerson()];
  const property = fc.asyncProperty(
    fc.commands(commands, { maxCommands: COMMANDS_MAX, size: "max" }),
    (run) => live(people, run),
  );
  // To the first failure: shrinking it takes longer than a test run has.
  while (tally.steps < STEPS_MIN) {
    await fc.assert(property, { numRuns: RUNS, endOnFailure: true });
  }
  expect(seen).toMatchObject({ lost: 0, doubleGrants: 0, strayPushes: 0 });
}, 180_000);

async function live(people: readonly Person[], run: Iterable<Command>): Promise<void> {
  const world = World.of(people);
  try {
    await world.mint();
    await fc.asyncModelRun(() => ({ model: world, real: world }), run);
    for (const login of world.logins) {
      await redeemWhatIsLeft(world, login);
      await wipe(world, login);
      seen.logins++;
      seen.granted += login.grants;
      if (login.grants > 1) seen.doubleGrants++;
      seen.strayPushes += strayPushes(world, login);
    }
  } finally {
    vi.useRealTimers();
  }
}

type LoginInWorld = World["logins"][number];

/** Confirmed and in time: whatever went wrong before, the browser still gets in. */
async function redeemWhatIsLeft(world: World, login: LoginInWorld): Promise<void> {
  const { login: now } = login.model;
  if (now?.state !== "confirmed" || world.now >= expiresAt(now)) return;
  const redeem = redeems("twin", "right")(world, login);
  const answer = await redeem.run();
  if (answer.status !== 200) seen.lost++;
  await holds(login, [redeem], [answer]);
}

/** In the end the alarm leaves nothing behind. */
async function wipe(world: World, login: LoginInWorld): Promise<void> {
  for (let rings = 0; login.model.alarm !== undefined && rings < 3; rings++) {
    world.advance(login.model.alarm);
    const ring = alarmRings()(world, login);
    await holds(login, [ring], [await ring.run()]);
  }
  expect(await runDurableObjectAlarm(objectOf(login.uuid))).toBe(false);
  await holdsNothing(login);
}
