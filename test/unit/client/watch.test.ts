/** The client's channel, driven in Node: sockets, polling, and which views are passed on. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Environment } from "../../../public/client/call.js";
import { watch } from "../../../public/client/watch.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

class FakeSocket extends EventTarget {
  readonly sent: string[] = [];
  closed = false;

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.closed = true;
  }

  says(data: unknown): void {
    const text = typeof data === "string" ? data : JSON.stringify(data);
    this.dispatchEvent(new MessageEvent("message", { data: text }));
  }

  fails(): void {
    this.dispatchEvent(new Event("close"));
  }
}

/** One that listens, and everything it opened, asked and was told. */
function listening(side: "browser" | "phone" = "browser", check: () => unknown = () => ({})) {
  const sockets: FakeSocket[] = [];
  const paths: string[] = [];
  const told: unknown[] = [];
  const acts = new Map<string, () => void>();
  const env: Environment = {
    fetch(path) {
      paths.push(path);
      const body = check();
      return Promise.resolve(body instanceof Response ? body : Response.json(body));
    },
    connect(path) {
      paths.push(path);
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    isHidden: () => false,
    on(types, act) {
      for (const type of types) acts.set(type, act);
    },
  };
  const channel = watch(
    side,
    "u",
    {
      view: ({ state }) => told.push(state),
      left: (s) => told.push(s),
      refused: ({ code }) => told.push(code),
      trouble: (why) => why && told.push(why.code),
    },
    env,
  );
  const latest = () => sockets.at(-1) ?? new FakeSocket();
  return {
    ...channel,
    sockets,
    paths,
    told,
    latest,
    happens: (type: string) => acts.get(type)?.(),
  };
}

const pending = { version: 1, state: "pending", expires_in: 120 };
const scanned = { version: 2, state: "scanned", expires_in: 60 };

test("each side opens the socket of its own view", () => {
  expect(listening("browser").paths).toEqual(["/qrcode/ws?uuid=u"]);
  expect(listening("phone").paths).toEqual(["/qrcode/ws?uuid=u&as=phone"]);
});

test("an older view is dropped, and the same version tells only the time left", () => {
  const { latest, told } = listening();
  latest().says(scanned);
  latest().says(pending);
  latest().says({ ...scanned, expires_in: 59 });
  expect(told).toEqual(["scanned", 59]);
});

test.each(["redeemed", "cancelled", "expired"])("%s ends it: the socket is closed", (state) => {
  const { latest, told, sockets } = listening();
  latest().says({ version: 3, state, expires_in: 0 });
  vi.advanceTimersByTime(120_000);
  expect(told).toEqual([state]);
  expect(sockets.map(({ closed }) => closed)).toEqual([true]);
});

test("a socket that was lost is opened anew", () => {
  const { latest, sockets } = listening();
  latest().says(pending);
  latest().fails();
  vi.advanceTimersByTime(500);
  expect(sockets).toHaveLength(2);
});

test("where sockets never open, the login is polled, and its views arrive", async () => {
  const views = [pending];
  const heard = listening("browser", () => ({ ...(views.shift() ?? scanned), poll_after: 1 }));
  for (let i = 0; i < 6; i++) {
    heard.latest().fails();
    await vi.advanceTimersByTimeAsync(4000);
  }
  expect(heard.told.slice(0, 3)).toEqual(["pending", "scanned", 60]);
  expect(heard.paths.filter((path) => path.startsWith("/qrcode/check")).length).toBeGreaterThan(6);
});

test("a final refusal is told once, and nothing is tried after it", async () => {
  const heard = listening("browser", () => Response.json({ code: "expired" }, { status: 410 }));
  heard.latest().fails();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(heard.told).toEqual(["expired"]);
  expect(heard.paths).toEqual(["/qrcode/ws?uuid=u", "/qrcode/check?uuid=u"]);
});

test("a refusal that passes is told, and its Retry-After is kept", async () => {
  const headers = { "Retry-After": "30" };
  const heard = listening("browser", () =>
    Response.json({ code: "rate_limited" }, { status: 429, headers }),
  );
  heard.latest().fails();
  await vi.advanceTimersByTimeAsync(29_000);
  expect(heard.told).toEqual(["rate_limited"]);
  expect(heard.paths.filter((path) => path.startsWith("/qrcode/check"))).toHaveLength(1);
});

test("a scanned login's socket is pinged, and given up when no pong comes", () => {
  const { latest, sockets } = listening();
  latest().says(scanned);
  vi.advanceTimersByTime(5000);
  expect(latest().sent).toEqual(["ping"]);
  vi.advanceTimersByTime(5500);
  expect(sockets[0]?.closed).toBe(true);
  expect(sockets).toHaveLength(2);
});

test("someone at the page has a socket pinged that was silent for a while", () => {
  const { latest, happens } = listening();
  latest().says(pending);
  vi.advanceTimersByTime(10_000);
  expect(latest().sent).toEqual([]);
  happens("pointermove");
  vi.advanceTimersByTime(0);
  expect(latest().sent).toEqual(["ping"]);
});

test("a page that is put away closes its socket, and opens one when it is shown again", () => {
  const { latest, sockets, happens } = listening();
  latest().says(pending);
  happens("pagehide");
  expect(sockets[0]?.closed).toBe(true);
  happens("pageshow");
  vi.advanceTimersByTime(0);
  expect(sockets).toHaveLength(2);
});

test("stopped, it neither tells nor tries anything more", async () => {
  const { latest, told, paths, stop } = listening();
  latest().says(pending);
  const socket = latest();
  stop();
  socket.says(scanned);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(told).toEqual(["pending"]);
  expect(paths).toHaveLength(1);
});
