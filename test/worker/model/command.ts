/** What every command of a model run is made of. */
import fc from "fast-check";
import type { LoginInWorld, World } from "./world.ts";

/** Counted over all runs. */
export const tally = { steps: 0, evictions: 0, alarms: 0, writes: 0, sockets: 0, races: 0 };

/** The world is the model, too: each login in it carries what the model says of it. */
export type Command = fc.AsyncCommand<World, World>;

/** Sockets of one login. */
export const SOCKETS_MAX = 5;

/** Any of the logins there are; the newest more often, as that is where people are. */
export const pick = weighted(2, 0, [0, 1, 2, 3]);

export function weighted<T>(weight: number, usual: T, all: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...all) },
  );
}

export function command(
  name: string,
  run: (world: World) => Promise<void>,
  check: (world: Pick<World, "logins">) => boolean = () => true,
): Command {
  return {
    check: (world) => check(world),
    async run(world) {
      tally.steps++;
      await run(world);
    },
    toString: () => name,
  };
}

/** @param back how many logins ago this one began */
export function onLogin(
  name: string,
  back: number,
  run: (world: World, login: LoginInWorld) => Promise<void>,
  check: (login: LoginInWorld) => boolean = () => true,
): Command {
  const loginOf = ({ logins }: Pick<World, "logins">) =>
    logins[Math.max(0, logins.length - 1 - back)];
  return command(
    `${name}@-${back}`,
    async (world) => {
      const login = loginOf(world);
      if (login) await run(world, login);
    },
    (world) => {
      const login = loginOf(world);
      return login !== undefined && check(login);
    },
  );
}

export function hasRoom(login: LoginInWorld): boolean {
  return login.model.openSockets.length < SOCKETS_MAX;
}
