/** A line between a browser and the server that can be made bad in every way a test wants. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** One direction of one connection: in order, whatever the delay, and no faster than told. */
type Way = (chunk: Buffer) => void;

interface Wire {
  readonly client: Socket;
  readonly server: Socket;
  isSocket: boolean;
  /** Swallows everything both ways, and closes nothing. */
  held: boolean;
  /** The next bytes from the server are the answer that must not arrive. */
  losing: boolean;
}

/** TCP on loopback; of HTTP it knows only how a request begins. */
export class Line {
  readonly #listener: Server;
  readonly #wires = new Set<Wire>();
  readonly #target: number;
  /** Each way: a round trip takes twice as long. New connections are accepted at once. */
  delayMs = 0;
  /** Each way, of each connection. */
  bytesPerS = Number.POSITIVE_INFINITY;
  /** Nothing gets through, and what is opened is closed at once. */
  isDown = false;
  /** Requests with an `Upgrade` header are answered with this status by the proxy itself. */
  refusesUpgrade: 400 | 403 | undefined;
  /** Requests whose first line matches are cut off before they reach the server. */
  losesRequests: RegExp | undefined;
  /** Requests whose first line matches reach the server; their answers are cut off. */
  losesAnswersTo: RegExp | undefined;
  /** Requests and answers that were lost in these ways, so far. */
  lost = 0;
  /** Upgrades that were refused, so far. */
  refused = 0;

  private constructor(target: number) {
    this.#target = target;
    this.#listener = createServer((client) => this.#accept(client));
  }

  /** @param target the port on loopback that everything goes to */
  static async to(target: number): Promise<Line> {
    const line = new Line(target);
    await new Promise<void>((resolve) => line.#listener.listen(0, "127.0.0.1", resolve));
    return line;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  get origin(): string {
    return `http://localhost:${this.port}`;
  }

  /** Every open connection is reset; new ones may come. */
  cut(): void {
    for (const wire of this.#wires) this.#end(wire);
  }

  /** No connection for so long. */
  async downFor(ms: number): Promise<void> {
    this.isDown = true;
    this.cut();
    await sleep(ms);
    this.isDown = false;
  }

  /** Frames on the sockets there are go nowhere; new connections are not touched. */
  hold(): void {
    for (const wire of this.#wires) wire.held ||= wire.isSocket;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#listener.close(resolve));
  }

  #accept(client: Socket): void {
    if (this.isDown) {
      client.resetAndDestroy();
      return;
    }
    const server = connect(this.#target, "localhost");
    const wire: Wire = { client, server, isSocket: false, held: false, losing: false };
    this.#wires.add(wire);
    const up = this.#way(wire, server);
    const down = this.#way(wire, client);
    client.on("data", (chunk) => {
      if (!this.#intercepts(wire, chunk)) up(chunk);
    });
    server.on("data", (chunk) => {
      if (wire.losing) {
        this.lost++;
        this.#end(wire);
      } else down(chunk);
    });
    for (const end of [client, server]) {
      end.setNoDelay(true);
      end.on("error", () => this.#end(wire));
      end.on("close", () => {
        if (!wire.held) this.#end(wire);
      });
    }
  }

  /** @returns whether the proxy has dealt with this request itself */
  #intercepts(wire: Wire, chunk: Buffer): boolean {
    const head = chunk.toString("latin1");
    wire.isSocket ||= /^GET [^]*\r\nupgrade: *websocket/i.test(head);
    if (this.refusesUpgrade !== undefined && wire.isSocket) {
      this.refused++;
      const answer = `HTTP/1.1 ${this.refusesUpgrade} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
      wire.client.end(answer);
      wire.server.destroy();
      return true;
    }
    const [first = ""] = head.split("\r\n", 1);
    if (this.losesAnswersTo?.test(first)) wire.losing = true;
    if (!this.losesRequests?.test(first)) return false;
    this.lost++;
    this.#end(wire);
    return true;
  }

  #way(wire: Wire, to: Socket): Way {
    let last = Promise.resolve();
    let freeAt = 0;
    return (chunk) => {
      const dueAt = performance.now() + this.delayMs;
      freeAt = Math.max(freeAt, dueAt) + (chunk.length / this.bytesPerS) * 1000;
      const sendAt = freeAt;
      const before = last;
      last = (async () => {
        await before;
        const waitMs = sendAt - performance.now();
        if (waitMs > 0) await sleep(waitMs);
        if (!wire.held && to.writable) to.write(chunk);
      })();
    };
  }

  #end(wire: Wire): void {
    this.#wires.delete(wire);
    wire.client.resetAndDestroy();
    wire.server.destroy();
  }
}
