/** The way from a route to a login object, and what happens when that way is briefly broken. */
import { RETRY_AFTER_S } from "../core/limits.ts";
import { isRefusal, refuse, type Refusal } from "../core/refusal.ts";
import type { Event } from "./machine.ts";
import type { LoginObject } from "./object.ts";

/** What a login object can be asked; the stub's own type does not carry unions of results. */
type LoginCalls = Pick<LoginObject, "asBrowser" | "asPhone" | "redeem" | "fail"> &
  Pick<Fetcher, "fetch">;

/**
 * Asks the login of this uuid, once more if the platform says that may help (an object that is
 * being moved or redeployed). Only for calls that may be repeated: all but counting a failure and
 * redeeming without a named attempt, where an answer may have been lost after the deed was done.
 *
 * @returns the object's answer, or `unavailable`
 */
export async function ask<T>(
  env: Env,
  uuid: string,
  question: (login: LoginCalls) => Promise<T>,
): Promise<T | Refusal> {
  try {
    return await askOnce(env, uuid, question);
  } catch (error) {
    if (!mayRetry(error)) return unavailable(error);
    return askOnce(env, uuid, question).catch(unavailable);
  }
}

/** Asks once, for what must not be done twice. */
export async function tryOnce<T>(
  env: Env,
  uuid: string,
  question: (login: LoginCalls) => Promise<T>,
): Promise<T | Refusal> {
  return askOnce(env, uuid, question).catch(unavailable);
}

/**
 * A socket to this login, for the browser (`attach`) or the claiming phone (`watch`). It comes by
 * `fetch`, as no other call of an object can carry one; so the event goes along in the address.
 *
 * @returns the client's half, or the refusal of the event, or `unavailable`
 */
export async function openSocket(
  env: Env,
  uuid: string,
  event: Extract<Event, { kind: "attach" | "watch" }>,
): Promise<WebSocket | Refusal> {
  const query = new URLSearchParams({ uuid, event: JSON.stringify(event) });
  const answer = await ask(env, uuid, (login) =>
    login.fetch(`https://login/?${query.toString()}`, { headers: { Upgrade: "websocket" } }),
  );
  if (isRefusal(answer)) return answer;
  return answer.webSocket ?? answer.json<Refusal>();
}

function askOnce<T>(
  env: Env,
  uuid: string,
  question: (login: LoginCalls) => Promise<T>,
): Promise<T> {
  // A fresh stub each time: one that threw may stay broken.
  return question(env.LOGIN.getByName(uuid));
}

/** Cloudflare's own marks on errors of a Durable Object's stub. */
function mayRetry(error: unknown): boolean {
  const { retryable, overloaded } = (error ?? {}) as { retryable?: boolean; overloaded?: boolean };
  return retryable === true && overloaded !== true;
}

function unavailable(error: unknown): Refusal {
  return refuse("unavailable", {
    reason: "object_away",
    cause: String(error),
    retryAfterS: RETRY_AFTER_S,
  });
}
