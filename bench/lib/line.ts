/**
 * A slow line in front of a server, as a TCP proxy: one bandwidth for all connections together,
 * a round trip before a connection carries anything (the handshake), and slow start: a connection
 * may have ten segments under way at first (RFC 6928), twice as many after each round trip
 * (RFC 5681). Loss and TLS are not modelled; TLS would cost either page one more round trip.
 */
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

const SEGMENT_BYTES = 1460;
const INITIAL_SEGMENTS = 10;

export interface Line {
  readonly origin: string;
  readonly port: number;
  /** Bytes carried since the last `forget()`, with all headers. */
  carried(): { readonly up: number; readonly down: number };
  forget(): void;
  stop(): void;
}

export interface Speed {
  readonly bitsPerS: number;
  readonly roundTripMs: number;
}

export async function startLine(toPort: number, { bitsPerS, roundTripMs }: Speed): Promise<Line> {
  const bytesPerMs = bitsPerS / 8 / 1000;
  const open = new Set<Socket>();
  let carried = { up: 0, down: 0 };
  /** When the shared line is done with what was put on it; one for each way. */
  const busyUntil = { up: 0, down: 0 };

  /** Carries what `from` says to `to`: late by half a round trip, and no faster than the line. */
  const carry = (from: Socket, to: Socket, way: "up" | "down", usableFrom: number) => {
    let window = SEGMENT_BYTES * INITIAL_SEGMENTS;
    let sentInWindow = 0;
    let windowOpens = 0;
    let windowBeganAt = 0;
    const queue: Buffer[] = [];
    const underWay: Buffer[] = [];
    let isSending = false;
    // Timers of different lengths may ring out of order; what they deliver must not.
    const deliver = () => {
      const part = underWay.shift();
      if (part && to.writable) to.write(part);
    };

    const send = () => {
      const chunk = queue[0];
      if (!chunk) {
        isSending = false;
        return;
      }
      isSending = true;
      const now = performance.now();
      const startsAt = Math.max(now, usableFrom, windowOpens, busyUntil[way]);
      if (startsAt > now) return void setTimeout(send, startsAt - now);
      const part = chunk.subarray(0, Math.min(SEGMENT_BYTES, window - sentInWindow));
      if (part.length === chunk.length) queue.shift();
      else queue[0] = chunk.subarray(part.length);
      carried[way] += part.length;
      busyUntil[way] = now + part.length / bytesPerMs;
      underWay.push(part);
      setTimeout(deliver, part.length / bytesPerMs + roundTripMs / 2);
      if (sentInWindow === 0) windowBeganAt = now;
      sentInWindow += part.length;
      if (sentInWindow >= window) {
        windowOpens = windowBeganAt + roundTripMs;
        sentInWindow = 0;
        window *= 2;
      }
      send();
    };
    from.on("data", (chunk: Buffer) => {
      queue.push(chunk);
      if (!isSending) send();
    });
    from.once("end", () => setTimeout(() => to.end(), roundTripMs));
    from.once("close", () => setTimeout(() => to.destroy(), 2 * roundTripMs));
    from.on("error", () => to.destroy());
  };

  const server = createServer((near) => {
    const far = connect(toPort, "127.0.0.1");
    // The browser's connect() to a proxy on this machine is instant; the handshake's round trip is added here.
    const usableFrom = performance.now() + roundTripMs;
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      open.add(socket);
      socket.once("close", () => open.delete(socket));
    }
    carry(near, far, "up", usableFrom);
    carry(far, near, "down", usableFrom);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    carried: () => carried,
    forget: () => (carried = { up: 0, down: 0 }),
    stop() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
