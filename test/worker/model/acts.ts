/**
 * What a browser, a phone or the alarm does to one login. Each act is aimed first (with what the
 * actor knows at that moment), then run for real, and played through the model.
 */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { POLL_AFTER_S } from "../../../src/core/limits.ts";
import type { Event, Login } from "../../../src/login/machine.ts";
import { isRefusal, type RefusalCode } from "../../../src/core/refusal.ts";
import { answered, refused, type Answer, type ModelLogin, type View } from "./login.ts";
import { Ear, objectOf, type LoginInWorld, type World } from "./world.ts";

export interface Aimed {
  readonly run: () => Promise<Answer>;
  /** @param number the number that was drawn, should this act be the one that draws it */
  readonly play: (model: ModelLogin, number: string) => { next: ModelLogin; answer: Answer };
}

export type Aim = (world: World, login: LoginInWorld) => Aimed;

/** An act that is one HTTP call and, if the edge lets it pass, one turn of the object. */
export function call(
  send: () => Promise<Response>,
  atEdge: RefusalCode | undefined,
  eventsOf: (number: string) => Event[],
  now: number,
  body: (login: Login, model: ModelLogin) => unknown,
): Aimed {
  return {
    run: async () => toAnswer(await send()),
    play(model, number) {
      if (atEdge) return { next: model, answer: refused(atEdge) };
      const { next, result } = model.after(now, ...eventsOf(number));
      return { next, answer: answered(result, (login) => body(login, model)) };
    },
  };
}

/** Early, in time or late, as the clock has it. */
export function alarmRings(): Aim {
  return (world, { uuid }) => ({
    async run() {
      await runDurableObjectAlarm(objectOf(uuid));
      return { status: 200, body: "rang" };
    },
    play: (model) => ({
      next: model.afterAlarm(world.now),
      answer: { status: 200, body: "rang" },
    }),
  });
}

/** The handler alone: when it throws, the platform keeps the alarm and calls it again. */
export async function ringBroken(uuid: string): Promise<boolean> {
  return runInDurableObject(objectOf(uuid), (login) =>
    login.alarm().then(
      () => true,
      () => false,
    ),
  );
}

export function listen(
  world: World,
  login: LoginInWorld,
  side: "browser" | "phone",
  open: () => Promise<Response>,
  atEdge: RefusalCode | undefined,
  event: Event,
): Aimed {
  const id = world.nextSocket();
  const { now } = world;
  const opened: Answer = { status: 101, body: null };
  return {
    async run() {
      const response = await open();
      if (response.webSocket === null) return toAnswer(response);
      login.listeners.set(id, new Ear(response, side));
      return opened;
    },
    play(model) {
      if (atEdge) return { next: model, answer: refused(atEdge) };
      const { next, result } = model.after(now, event);
      if (isRefusal(result)) return { next, answer: refused(result.refused) };
      const begun = model.login === undefined ? next.begunOnSocket() : next;
      return { next: begun.listening(id, side, result, now), answer: opened };
    },
  };
}

export async function toAnswer(response: Response): Promise<Answer> {
  const { status } = response;
  const body = await response.json<{ code?: RefusalCode }>();
  return body.code === undefined ? { status, body } : { status, code: body.code };
}

export function ageRefusal(world: World, login: LoginInWorld): RefusalCode | undefined {
  return world.isTooOld(login) ? "expired" : undefined;
}

export function polled(view: View) {
  const poll_after = view.state === "pending" ? POLL_AFTER_S.pending : POLL_AFTER_S.other;
  return { ...view, poll_after };
}
