/**
 * The sockets of one login: who listens, and what they are told. Sockets hibernate with their
 * attachment, so nothing here lives in memory alone.
 */
import type { Login } from "./machine.ts";

export type Side = "browser" | "phone";

/** What a socket keeps through hibernation. */
interface Attachment {
  /** Milliseconds since the epoch. */
  readonly since: number;
  /**
   * The login that this browser began, as long as nothing has happened to it: most codes are never
   * scanned, and a row each would be most of the bill.
   */
  readonly pending?: Login;
}

/** Tabs and reconnects of one person. Of more, the oldest are dead, or somebody's loop. */
const SOCKETS_MAX = 16;

export class Listeners {
  readonly #ctx: DurableObjectState;

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  /** @param pending the login, where this socket is to keep it */
  accept(side: Side, pending?: Login): { client: WebSocket; server: WebSocket } {
    const { 0: client, 1: server } = new WebSocketPair();
    this.#ctx.acceptWebSocket(server, [side]);
    server.serializeAttachment({
      since: Date.now(),
      ...(pending && { pending }),
    } satisfies Attachment);
    this.#closeSurplus(side);
    return { client, server };
  }

  /**
   * The login that a browser's socket keeps, if there is one.
   *
   * @param leaving a socket that just closed, and keeps nothing any more
   */
  pending(leaving?: WebSocket): Login | undefined {
    for (const socket of this.#ctx.getWebSockets("browser")) {
      const pending = socket === leaving ? undefined : keptBy(socket);
      if (pending) return pending;
    }
    return undefined;
  }

  /**
   * Tells everybody, each side its own view, which is written down once.
   *
   * @param end why there is nothing more to hear, if so
   */
  tell(end: string | undefined, viewFor: (side: Side) => object): void {
    for (const side of ["browser", "phone"] as const) {
      const sockets = this.#ctx.getWebSockets(side);
      if (sockets.length === 0) continue;
      const text = JSON.stringify(viewFor(side));
      for (const socket of sockets) {
        // Otherwise its closing would bring an ended login back.
        if (end !== undefined) forget(socket);
        send(socket, text, end);
      }
    }
  }

  #closeSurplus(side: Side): void {
    const sockets = this.#ctx.getWebSockets(side);
    if (sockets.length <= SOCKETS_MAX) return;
    const newestFirst = sockets.sort((a, b) => attachmentOf(b).since - attachmentOf(a).since);
    for (const socket of newestFirst.slice(SOCKETS_MAX)) socket.close(1013, "too many sockets");
  }
}

/** @param end the socket is closed with it */
export function send(socket: WebSocket, text: string, end?: string): void {
  try {
    socket.send(text);
    if (end !== undefined) socket.close(1000, end);
  } catch {
    // A socket that is on its way out must not keep the others from hearing.
  }
}

/** What a socket that just closed had kept. */
export function keptBy(socket: WebSocket): Login | undefined {
  return attachmentOf(socket).pending;
}

function forget(socket: WebSocket): void {
  const { since, pending } = attachmentOf(socket);
  if (pending) socket.serializeAttachment({ since } satisfies Attachment);
}

function attachmentOf(socket: WebSocket): Attachment {
  return socket.deserializeAttachment() as Attachment;
}
