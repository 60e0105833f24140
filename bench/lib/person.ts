/** One browser or one phone: keep-alive connections of its own, and a count of all that crossed them. */
import { Agent, request, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import type { Socket } from "node:net";
import { WebSocket } from "ws";

const ANSWER_WITHIN_MS = 30_000;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

export interface Ask {
  readonly headers?: OutgoingHttpHeaders;
  /** An object is sent as JSON, a URLSearchParams as a form. */
  readonly body?: object | URLSearchParams;
}

export class Person {
  readonly origin: string;
  requests = 0;
  #agent: Agent;
  #sockets = new Map<Socket, { read: number; written: number }>();

  constructor(origin: string) {
    this.origin = origin;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1 });
  }

  /** @param path on this person's origin; redirects are not followed */
  ask(method: "GET" | "POST", path: string, { headers, body }: Ask = {}): Promise<Answer> {
    this.requests++;
    const isForm = body instanceof URLSearchParams;
    const sent = body === undefined ? undefined : isForm ? body.toString() : JSON.stringify(body);
    const type = isForm ? "application/x-www-form-urlencoded" : "application/json";
    return new Promise((resolve, reject) => {
      const asked = request(new URL(path, this.origin), {
        method,
        agent: this.#agent,
        timeout: ANSWER_WITHIN_MS,
        headers: {
          ...headers,
          ...(sent !== undefined && {
            "content-type": type,
            "content-length": Buffer.byteLength(sent),
          }),
          ...(sent === undefined && method === "POST" && { "content-length": 0 }),
        },
      });
      asked.once("socket", (socket) => this.#watch(socket));
      asked.once("timeout", () => asked.destroy(new Error(`no answer from ${path}`)));
      asked.once("error", reject);
      asked.once("response", (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => (text += part));
        response.once("error", reject);
        response.once("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      });
      asked.end(sent);
    });
  }

  /** Like `ask`, for an answer that must be a 200 with JSON in it. */
  async json<T>(method: "GET" | "POST", path: string, ask?: Ask): Promise<T> {
    const { status, text } = await this.ask(method, path, ask);
    if (status !== 200) throw new Error(`${method} ${path} answered ${status}: ${text}`);
    return JSON.parse(text) as T;
  }

  /** Opens a WebSocket; every text message goes to `onMessage`, from the very first. */
  listen(
    path: string,
    headers: Record<string, string>,
    onMessage: (text: string) => void,
  ): Promise<WebSocket> {
    this.requests++;
    const url = new URL(path, this.origin.replace("http", "ws"));
    const socket = new WebSocket(url, {
      headers,
      perMessageDeflate: false,
      handshakeTimeout: ANSWER_WITHIN_MS,
    });
    socket.on("message", (data: Buffer) => onMessage(data.toString()));
    socket.once("upgrade", (response) => this.#watch(response.socket));
    return new Promise((resolve, reject) => {
      socket.once("open", () => resolve(socket));
      socket.once("error", reject);
    });
  }

  /** Bytes over all connections so far, HTTP and WebSocket framing included. */
  get bytes(): number {
    let bytes = 0;
    for (const [socket, before] of this.#sockets) {
      bytes += socket.bytesRead - before.read + socket.bytesWritten - before.written;
    }
    return bytes;
  }

  /** Begins counting anew; connections stay warm. */
  forget(): void {
    this.requests = 0;
    for (const socket of this.#sockets.keys()) {
      if (socket.destroyed) this.#sockets.delete(socket);
      else this.#sockets.set(socket, { read: socket.bytesRead, written: socket.bytesWritten });
    }
  }

  leave(): void {
    this.#agent.destroy();
  }

  #watch(socket: Socket): void {
    if (!this.#sockets.has(socket)) this.#sockets.set(socket, { read: 0, written: 0 });
  }
}

/** The `name=value` of each cookie an answer sets, ready to be sent back. */
export function cookiesOf({ headers }: Pick<Answer, "headers">): string {
  return (headers["set-cookie"] ?? []).map((cookie) => cookie.split(";")[0]).join("; ");
}
