/** A tab without a page: loads it over HTTP with cookies and listens on a socket, and costs little. */
import { request, type IncomingMessage, type RequestOptions } from "node:http";
import type { Socket } from "node:net";
import { randomBytes } from "node:crypto";

interface View {
  readonly version: number;
  readonly state: string;
  readonly user?: { readonly name: string };
}

const TEXT = 1;
const CLOSE = 8;

export class HttpTab {
  readonly #origin: string;
  /** Every tab has one of its own, as the server limits what comes from one. */
  readonly #address: string;
  readonly #cookies = new Map<string, string>();
  #socket: Socket | undefined;
  /** Told of each view that is pushed. */
  onView: (view: View) => void = () => {};
  uuid = "";
  readonly heard: View[] = [];

  constructor(origin: string, address: string) {
    this.#origin = origin;
    this.#address = address;
  }

  /** Gets the page, and with it a code and its key. */
  async load(): Promise<void> {
    const response = await this.#send("/");
    response.resume();
    if (response.statusCode !== 200) throw new Error(`the page answered ${response.statusCode}`);
    for (const cookie of response.headers["set-cookie"] ?? []) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      const uuid = /^(?:__Host-)?login-(.*)$/.exec(name)?.[1];
      if (uuid === undefined) continue;
      if (value === "") this.#cookies.delete(name);
      else {
        this.#cookies.set(name, value);
        this.uuid = uuid;
      }
    }
  }

  /** Opens the socket; comes back once the server has said how things stand. */
  async listen(): Promise<void> {
    this.heard.length = 0;
    const socket = await this.#upgrade(`/qrcode/ws?uuid=${this.uuid}`);
    this.#socket = socket;
    await new Promise<void>((resolve, reject) => {
      socket.once("close", () =>
        reject(new Error("the socket was closed before it said anything")),
      );
      readFrames(socket, (view) => {
        this.heard.push(view);
        resolve();
        this.onView(view);
      });
    });
  }

  /** What a reload does: the socket goes, a new page comes, and a new socket. */
  async reload(): Promise<void> {
    this.close();
    await this.load();
    await this.listen();
  }

  get isOpen(): boolean {
    return this.#socket !== undefined && !this.#socket.destroyed;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  async #send(path: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      request(this.#origin + path, this.#options())
        .on("response", resolve)
        .on("error", reject)
        .end();
    });
  }

  async #upgrade(path: string): Promise<Socket> {
    const headers = {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
    };
    return new Promise((resolve, reject) => {
      request(this.#origin + path, this.#options(headers))
        .on("upgrade", (_, socket: Socket, head) => {
          if (head.length > 0) socket.unshift(head);
          socket.on("error", () => socket.destroy());
          resolve(socket);
        })
        .on("response", ({ statusCode }) => reject(new Error(`no socket but ${statusCode}`)))
        .on("error", reject)
        .end();
    });
  }

  #options(headers: Record<string, string> = {}): RequestOptions {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const own = { Origin: this.#origin, "CF-Connecting-IP": this.#address };
    return { headers: { ...own, ...(cookie && { Cookie: cookie }), ...headers } };
  }
}

/** An address of the network that is set aside for benchmarks (RFC 2544). */
export function addressOf(index: number): string {
  return `198.18.${(index >> 8) & 255}.${index & 255}`;
}

/** What a server of ours sends (RFC 6455, section 5.2): whole, unmasked text frames, and close. */
function readFrames(socket: Socket, tell: (view: View) => void): void {
  let pending = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const [first, second] = pending;
      if (first === undefined || second === undefined) return;
      const isLong = second === 126;
      if (isLong && pending.length < 4) return;
      const start = isLong ? 4 : 2;
      const end = start + (isLong ? pending.readUInt16BE(2) : second);
      if (pending.length < end) return;
      const payload = pending.subarray(start, end);
      pending = pending.subarray(end);
      const kind = first & 15;
      if (kind === TEXT) tell(JSON.parse(payload.toString()) as View);
      if (kind === CLOSE) socket.end();
    }
  });
}
