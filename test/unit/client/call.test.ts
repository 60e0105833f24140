/** The client's calls, driven in Node: every outcome is a value. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { call, insist, type Environment } from "../../../public/client/call.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Answers each request by the next of these. */
function answering(...fetches: (() => Response | Promise<Response>)[]) {
  const env: Environment & { asked: string[]; goOnline: () => void } = {
    asked: [],
    goOnline: () => {},
    async fetch(path, init) {
      this.asked.push(`${init.method} ${path}`);
      const next = fetches.shift();
      if (next === undefined) throw new Error("nothing more is answered");
      return next();
    },
    connect: () => {
      throw new Error("no sockets here");
    },
    isHidden: () => false,
    on(types, act) {
      if (types.includes("online")) this.goOnline = act;
    },
  };
  return env;
}

const refused = (status: number, code: string, headers = {}) =>
  Response.json({ status, code }, { status, headers });
const offline = { ok: false, code: "offline", passing: true };

test("an answer that is granted carries its body", async () => {
  const env = answering(() => Response.json({ uuid: "u" }));
  expect(await call("GET", "/qrcode/get", undefined, env)).toEqual({
    ok: true,
    body: { uuid: "u" },
  });
});

test.each([
  [410, "expired", {}, { passing: false, retryAfterS: 0 }],
  [429, "rate_limited", { "Retry-After": "7" }, { passing: true, retryAfterS: 7 }],
  [503, "unavailable", { "Retry-After": "Wed, 21 Oct 2026" }, { passing: true, retryAfterS: 0 }],
])("a refusal with %i carries its code and whether it passes", async (status, code, head, rest) => {
  const env = answering(() => refused(status, code, head));
  expect(await call("GET", "/me", undefined, env)).toEqual({ ok: false, code, ...rest });
});

test("an answer that is no JSON, as a captive portal's, counts as offline", async () => {
  const env = answering(() => new Response("<!doctype html><title>Welcome</title>"));
  expect(await call("GET", "/me", undefined, env)).toEqual(offline);
});

test("a network that fails counts as offline", async () => {
  const env = answering(() => Promise.reject(new TypeError("fetch failed")));
  expect(await call("GET", "/me", undefined, env)).toEqual(offline);
});

test("insist asks again while refusals pass, and says before each wait why", async () => {
  const env = answering(
    () => refused(503, "unavailable", { "Retry-After": "2" }),
    () => Response.json({}),
  );
  const waits: [string, number][] = [];
  const answer = insist("POST", "/x", {}, 10_000, ({ code }, s) => waits.push([code, s]), env);
  await vi.advanceTimersByTimeAsync(2000);
  expect((await answer).ok).toBe(true);
  expect(waits).toEqual([["unavailable", 2]]);
});

test("insist takes a final refusal at once", async () => {
  const env = answering(() => refused(403, "bad_ticket"));
  const answer = await insist("POST", "/x", {}, 10_000, () => {}, env);
  expect(answer).toMatchObject({ code: "bad_ticket" });
  expect(env.asked).toEqual(["POST /x"]);
});

test("insist gives up when the next try would come too late", async () => {
  const env = answering(() => refused(429, "rate_limited", { "Retry-After": "60" }));
  const waiting = vi.fn();
  const answer = await insist("POST", "/x", {}, 10_000, waiting, env);
  expect(answer).toMatchObject({ code: "rate_limited", retryAfterS: 60 });
  expect(waiting).not.toHaveBeenCalled();
});

test("insist does not sit out its wait once the network is back", async () => {
  const env = answering(
    () => refused(503, "unavailable", { "Retry-After": "9" }),
    () => Response.json({}),
  );
  const answer = insist("POST", "/x", {}, 10_000, () => env.goOnline(), env);
  await vi.advanceTimersByTimeAsync(0);
  env.goOnline();
  await vi.advanceTimersByTimeAsync(0);
  expect((await answer).ok).toBe(true);
});
