/** What goes wrong in a model run: failed writes, evictions, alarms out of turn, sockets that die. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { expect } from "vitest";
import { alarmRings, ringBroken } from "./acts.ts";
import { holds, holdsStill } from "./check.ts";
import { hasRoom, onLogin, pick, SOCKETS_MAX, tally, weighted, type Command } from "./command.ts";
import { event } from "./events.ts";
import { refused } from "./login.ts";
import { armWriteFault, hangUp, objectOf } from "./world.ts";

/** The next write throws: then nothing has happened, and nobody is told that it has. */
const write = fc.constantFrom("any" as const, "alarm" as const);
const broken = fc.tuple(pick, event, write).map(([back, { name, aim, opens }, which]) =>
  onLogin(
    `broken ${name} (${which} write)`,
    back,
    async (world, login) => {
      const aimed = aim(world, login);
      const disarm = await armWriteFault(login.uuid, which);
      const answer = await aimed.run();
      const { next } = aimed.play(login.model, "000");
      // What begins sets the alarm, also where one was left to the same time.
      const begins = login.model.login === undefined && next.login !== undefined;
      const written = which === "any" ? "login" : "alarm";
      const writes = begins || next[written] !== login.model[written];
      expect(await disarm()).toBe(writes);
      if (writes) {
        tally.writes++;
        expect(answer).toEqual(refused("unavailable"));
        await holdsStill(login);
      } else await holds(login, [aimed], [answer]);
    },
    (login) => !opens || hasRoom(login),
  ),
);

const brokenAlarm = pick.map((back) =>
  onLogin(
    "broken alarm",
    back,
    async (_, login) => {
      const disarm = await armWriteFault(login.uuid, "any");
      expect(await ringBroken(login.uuid)).toBe(false);
      expect(await disarm()).toBe(true);
      tally.writes++;
      await holdsStill(login);
    },
    ({ model }) => model.login !== undefined,
  ),
);

const evict = fc
  .tuple(pick, weighted(3, "hibernate", ["hibernate", "close"] as const))
  .map(([back, webSockets]) =>
    onLogin(`evict ${webSockets}`, back, async (_, login) => {
      tally.evictions++;
      const stub = objectOf(login.uuid);
      // Only what runs can be evicted.
      await runInDurableObject(stub, () => {});
      await evictDurableObject(stub, { webSockets });
      if (webSockets === "hibernate") return;
      login.model = login.model.withAllTorn();
      await holdsStill(login);
    }),
  );

const hangsUp = fc.tuple(pick, fc.nat(SOCKETS_MAX)).map(([back, nth]) =>
  onLogin(
    "hang up",
    back,
    async (_, login) => {
      tally.sockets++;
      const open = login.model.openSockets;
      hangUp(login, [open[nth % open.length] ?? 0]);
      await holdsStill(login);
    },
    ({ model }) => model.openSockets.length > 0,
  ),
);

const alarmTwice = pick.map((back) =>
  onLogin("alarm twice", back, async (world, login) => {
    tally.alarms += 2;
    for (let i = 0; i < 2; i++) {
      const ring = alarmRings()(world, login);
      await holds(login, [ring], [await ring.run()]);
    }
  }),
);

export const faults: fc.Arbitrary<Command>[] = [
  broken,
  brokenAlarm,
  evict,
  evict,
  hangsUp,
  alarmTwice,
];
