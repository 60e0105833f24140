/**
 * Asking an issuer, who may be slow, down, huge or hostile. Every fault throws `IssuerFault`, which
 * the adapters answer with `unavailable`: what could not be checked never passes.
 */
import { ISSUER_ANSWER_MAX_BYTES, ISSUER_TIMEOUT_MS, RETRY_AFTER_S } from "../core/limits.ts";
import { refuse, type Refusal } from "../core/refusal.ts";

export class IssuerFault extends Error {}

/** An issuer that just failed is left alone for a moment, so that a crowd does not keep it down. */
const failedAt = new Map<string, number>();

/** @returns the whole answer, read and bounded; redirects are not followed */
export async function askIssuer(url: string, init: RequestInit): Promise<Response> {
  const last = failedAt.get(url);
  if (last !== undefined && Date.now() - last < RETRY_AFTER_S * 1000) {
    throw new IssuerFault("failed a moment ago");
  }
  try {
    const answer = await fetchBounded(url, init);
    failedAt.delete(url);
    return answer;
  } catch (error) {
    failedAt.set(url, Date.now());
    throw new IssuerFault(error instanceof Error ? error.message : "no answer");
  }
}

/**
 * @param fault what was thrown: of a foreign error only its name is logged, as its message may
 * quote what the issuer sent
 */
export function issuerUnavailable(fault?: unknown): Refusal {
  const cause =
    fault instanceof IssuerFault ? fault.message : fault instanceof Error ? fault.name : undefined;
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

async function fetchBounded(url: string, init: RequestInit): Promise<Response> {
  const signal = AbortSignal.timeout(ISSUER_TIMEOUT_MS);
  const response = await fetch(url, { ...init, redirect: "manual", signal });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new IssuerFault(`status ${response.status}`);
  }
  return new Response(await readBounded(response), { headers: response.headers });
}

async function readBounded(response: Response): Promise<string> {
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
      throw new IssuerFault("answer too large");
    }
    text += decoder.decode(value, { stream: true });
  }
}
