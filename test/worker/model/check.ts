/** Holds what happened against the model: answers, pushes, the stored row, the alarm, the grants. */
import { runInDurableObject } from "cloudflare:test";
import { inspect } from "node:util";
import { expect } from "vitest";
import type { Login } from "../../../src/login/machine.ts";
import { isRefusal } from "../../../src/core/refusal.ts";
import { keptIn } from "../../support/worker/stages.ts";
import { verifyTicket } from "../../../src/login/ticket.ts";
import type { Aimed } from "./acts.ts";
import type { Answer, ModelLogin } from "./login.ts";
import { objectOf, type LoginInWorld, type World } from "./world.ts";

/** Everything that can be seen of a login from outside, and in its object. */
interface Sight {
  readonly row: Login | undefined;
  readonly alarm: number | undefined;
  readonly heard: Record<number, unknown>;
  readonly open: number[];
}

const CLOSED_WITHIN_MS = 5000;

/** What was done, all at once: in some order, the model must answer, tell and store the same. */
export async function holds(
  login: LoginInWorld,
  acts: readonly Aimed[],
  answers: readonly Answer[],
): Promise<void> {
  const { isRowless, ...stored } = await storedOf(login);
  const number = stored.row?.number ?? "";
  const orders = permutations(acts.map((_, i) => i)).map((order) =>
    play(login, acts, order, number),
  );
  const sight = { ...stored, ...(await listenTo(login, orders)) };
  const fits = orders.filter((it) => equal(it.answers, answers) && equal(sightOf(it.model), sight));
  // A login that begins by check and by socket at once looks the same whichever came first, but
  // only one of the two leaves a row.
  const fitting = fits.find(({ model }) => model.isRowless === isRowless) ?? fits[0];
  if (fitting === undefined) {
    const [first] = orders;
    // Throws, and shows where they differ; with one act there is only this order.
    expect({ answers, ...sight }).toEqual({
      answers: first?.answers,
      ...(first && sightOf(first.model)),
    });
    throw new Error(`no order of the events explains ${inspect({ answers, sight }, { depth: 9 })}`);
  }
  adopt(login, fitting.model);
}

/** Nothing was done that the model would notice. */
export async function holdsStill(login: LoginInWorld): Promise<void> {
  await holds(login, [], []);
}

/** Judges by what was seen alone, without the model. @returns pushes that were another's */
export function strayPushes({ config }: World, { uuid, listeners, gone }: LoginInWorld): number {
  let strays = 0;
  for (const { heard, side } of [...listeners.values(), ...gone]) {
    for (const view of heard) {
      const { ticket, time } = view as { ticket?: string; time?: number };
      if (ticket === undefined) continue;
      const verified = verifyTicket(config.keys.ticket, uuid, ticket, time ?? 0);
      if (isRefusal(verified) || side !== "browser") strays++;
    }
  }
  return strays;
}

/** No row, no table, no alarm, no socket. */
export async function holdsNothing({ uuid }: LoginInWorld): Promise<void> {
  await runInDurableObject(objectOf(uuid), async (_, state) => {
    expect([...state.storage.kv.list()]).toEqual([]);
    expect(await state.storage.getAlarm()).toBeNull();
    expect(state.getWebSockets().filter(({ readyState }) => readyState === 1)).toEqual([]);
  });
}

function play(
  { model: before }: LoginInWorld,
  acts: readonly Aimed[],
  order: readonly number[],
  number: string,
): { model: ModelLogin; answers: Answer[] } {
  let model = before;
  const answers: Answer[] = [];
  for (const i of order) {
    const act = acts[i];
    if (act === undefined) continue;
    const { next, answer } = act.play(model, number);
    model = next;
    answers[i] = answer;
  }
  return { model, answers };
}

function adopt(login: LoginInWorld, model: ModelLogin): void {
  login.model = model;
  const { login: now, outline } = model;
  if (now?.confirmedAt !== undefined) {
    login.ticket = { ticket: outline.ticketOf(now), time: now.confirmedAt };
  }
}

/** What the sockets heard, once everything that was sent to them has come. */
async function listenTo(
  login: LoginInWorld,
  orders: readonly { model: ModelLogin }[],
): Promise<Pick<Sight, "heard" | "open">> {
  const heard: Sight["heard"] = {};
  const open: number[] = [];
  for (const [id, listener] of login.listeners) {
    const ends = new Set(orders.map(({ model }) => model.sockets.get(id)?.open ?? false));
    const signs = [...ends].map((isOpen) => (isOpen ? listener.caughtUp() : listener.closed));
    await soon(Promise.race(signs), () => listener.states);
    heard[id] = listener.heard;
    if (listener.socket.readyState === WebSocket.OPEN) open.push(id);
  }
  return { heard, open };
}

function sightOf({ login, alarm, sockets, openSockets }: ModelLogin): Sight {
  const heard = Object.fromEntries([...sockets].map(([id, socket]) => [id, socket.heard]));
  return { row: login, alarm, heard, open: openSockets };
}

function storedOf({
  uuid,
}: LoginInWorld): Promise<Pick<Sight, "row" | "alarm"> & { readonly isRowless: boolean }> {
  return runInDurableObject(objectOf(uuid), async (_, state) => ({
    row: keptIn(state),
    isRowless: state.storage.kv.get("login") === undefined && keptIn(state) !== undefined,
    alarm: (await state.storage.getAlarm()) ?? undefined,
  }));
}

async function soon(event: Promise<unknown>, seen: () => unknown): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`a socket says no more than ${inspect(seen())}`)),
    CLOSED_WITHIN_MS,
  );
  await Promise.race([event, late.promise]).finally(() => clearTimeout(timer));
}

function equal(a: unknown, b: unknown): boolean {
  try {
    expect(a).toEqual(b);
    return true;
  } catch {
    return false;
  }
}

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length === 0) return [[]];
  return list.flatMap((first, i) =>
    permutations(list.toSpliced(i, 1)).map((rest) => [first].concat(rest)),
  );
}
