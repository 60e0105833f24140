/** Asking a Durable Object, and what happens when the way there is briefly broken. */
import { RETRY_AFTER_S } from "./limits.ts";
import { refuse, type Refusal } from "./refusal.ts";

/**
 * Asks an object, once more if the platform says that may help (one that is being moved or
 * redeployed). Only for calls that may be repeated: an answer may have been lost after the deed.
 *
 * @param stub makes a fresh one each time: one that threw may stay broken
 * @returns the object's answer, or `unavailable`
 */
export async function askObject<Stub, T>(
  stub: () => Stub,
  question: (stub: Stub) => Promise<T>,
): Promise<T | Refusal<"unavailable">> {
  try {
    return await question(stub());
  } catch (error) {
    if (!mayRetry(error)) return unavailable(error);
    return askObjectOnce(stub, question);
  }
}

/** Asks once, for what must not be done twice. */
export async function askObjectOnce<Stub, T>(
  stub: () => Stub,
  question: (stub: Stub) => Promise<T>,
): Promise<T | Refusal<"unavailable">> {
  try {
    return await question(stub());
  } catch (error) {
    return unavailable(error);
  }
}

/** Cloudflare's own marks on errors of a Durable Object's stub. */
function mayRetry(error: unknown): boolean {
  const { retryable, overloaded } = (error ?? {}) as { retryable?: boolean; overloaded?: boolean };
  return retryable === true && overloaded !== true;
}

function unavailable(error: unknown): Refusal<"unavailable"> {
  return refuse("unavailable", {
    reason: "object_away",
    cause: String(error),
    retryAfterS: RETRY_AFTER_S,
  });
}
