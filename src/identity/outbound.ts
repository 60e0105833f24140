/**
 * Asking an issuer, who may be slow, down, huge or hostile. Every fault throws `IssuerFault`, which
 * the adapters answer with `unavailable`: what could not be checked never passes.
 */
import { ISSUER_ANSWER_MAX_BYTES, ISSUER_TIMEOUT_MS, RETRY_AFTER_S } from "../core/limits.ts";
import { refuse, type Refusal } from "../core/refusal.ts";

export class IssuerFault extends Error {}

/** An issuer that just failed is left alone for a moment, so that a crowd does not keep it down. */
const failedAt = new Map<string, number>();

/**
 * @returns the whole answer, read and bounded, whatever its status below 500; redirects are not
 * followed. A status of 4xx may be about one caller's token, so it keeps nobody else away.
 */
export async function askIssuer(url: string, init: RequestInit): Promise<Response> {
  const last = failedAt.get(url);
  if (last !== undefined && Date.now() - last < RETRY_AFTER_S * 1000) {
    throw new IssuerFault("failed a moment ago");
  }
  let answer: Response;
  let text: string | undefined;
  try {
    answer = await fetchOnce(url, init);
    text = await readBounded(answer);
  } catch (error) {
    failedAt.set(url, Date.now());
    throw error instanceof IssuerFault ? error : new IssuerFault(nameOf(error));
  }
  failedAt.delete(url);
  // One token alone can make the answer too long, so this keeps nobody else away.
  if (text === undefined) throw new IssuerFault("answer too large");
  // Not "": `Response` throws where a status without a body is given even an empty one.
  return new Response(text || null, answer);
}

/** @returns the refusal for what was thrown */
export function issuerUnavailable(fault?: unknown): Refusal {
  const cause = fault === undefined ? undefined : nameOf(fault);
  return refuse("unavailable", {
    reason: "issuer_away",
    ...(cause !== undefined && { cause }),
    retryAfterS: RETRY_AFTER_S,
  });
}

/** It answered, but with nothing we understand: its fault, not the phone's. */
export function unusableAnswer(): Refusal {
  return refuse("unavailable", { reason: "issuer_answer_unusable", retryAfterS: RETRY_AFTER_S });
}

/** The message of a foreign error may quote a URL with its password, or what the issuer sent. */
function nameOf(error: unknown): string {
  if (error instanceof IssuerFault) return error.message;
  return error instanceof Error ? error.name : "unknown fault";
}

async function fetchOnce(url: string, init: RequestInit): Promise<Response> {
  const signal = AbortSignal.timeout(ISSUER_TIMEOUT_MS);
  const response = await fetch(url, { ...init, redirect: "manual", signal });
  if (response.status < 500) return response;
  await response.body?.cancel();
  throw new IssuerFault(`status ${response.status}`);
}

/** @returns nothing where the answer is too long */
async function readBounded(response: Response): Promise<string | undefined> {
  let bytes = 0;
  let text = "";
  const decoder = new TextDecoder();
  const reader = (response.body ?? new Blob().stream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > ISSUER_ANSWER_MAX_BYTES) {
      await reader.cancel();
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}
