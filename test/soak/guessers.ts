/** A thread of its own for those who guess, so that their haste does not delay the one we measure. */
import { Agent, request } from "node:http";
import { parentPort, workerData } from "node:worker_threads";

export interface Guessing {
  readonly origin: string;
  readonly addresses: number;
  readonly forMs: number;
  /** `nothing`: a request without a username, refused at once; no password is looked at. */
  readonly what: "passwords" | "nothing";
}

/** How often each status was answered. */
export type Answered = Record<number, number>;

const { origin, addresses, forMs, what } = workerData as Guessing;
const agent = new Agent({ keepAlive: true, maxSockets: addresses });
const until = Date.now() + forMs;
const answered: Answered = {};

await Promise.all(Array.from({ length: addresses }, (_, i) => guessWithoutPause(i)));
agent.destroy();
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage(answered);

async function guessWithoutPause(index: number): Promise<void> {
  for (let guess = 0; Date.now() < until; guess++) {
    // Mostly names that nobody has; now and then one that exists.
    const name = guess % 8 === 7 ? "lin" : `invented-${index}-${guess}`;
    const username = what === "passwords" ? name : "";
    const status = await send(addressOf(index), { username, password: `guess ${guess}` });
    answered[status] = (answered[status] ?? 0) + 1;
  }
}

function send(address: string, body: object): Promise<number> {
  const headers = { "Content-Type": "application/json", "CF-Connecting-IP": address };
  return new Promise((resolve) => {
    const post = request(`${origin}/account/token`, { method: "POST", headers, agent });
    post.on("response", (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
    });
    post.on("error", () => resolve(0));
    post.setTimeout(30_000, () => post.destroy());
    post.end(JSON.stringify(body));
  });
}

/** No two of them in one network: networks set aside for tests (RFC 2544, RFC 3849). */
function addressOf(index: number): string {
  return index % 2 === 0
    ? `198.19.${index >> 8}.${index & 255}`
    : `2001:db8:${index.toString(16)}::1`;
}
