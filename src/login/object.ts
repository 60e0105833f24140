/**
 * The login object, one per uuid: load → step → save → tell. It decides nothing itself; the rules
 * are in `machine.ts`. There is no await between load and save, so events do not interleave, and
 * the runtime holds back every answer and push until what was saved is durable (output gate).
 *
 * It costs nothing to wait: sockets hibernate, "ping" is answered without waking, and nothing of a
 * login lives in memory alone.
 */
import { DurableObject } from "cloudflare:workers";
import { auditLogin } from "./audit.ts";
import { usableConfigOf } from "../config.ts";
import { forgetAt, hasEnded, step, type Event, type Happening, type Login } from "./machine.ts";
import type { User } from "../core/user.ts";
import { isRefusal, refuse, type Refusal } from "../core/refusal.ts";
import { ticketFor } from "./ticket.ts";
import { mintTimeOf } from "./uuid.ts";
import { browserView, phoneView, type BrowserView, type PhoneView } from "./view.ts";

type EventOf<Kind extends Event["kind"]> = Extract<Event, { kind: Kind }>;

/** Who listens on a socket, since when (milliseconds); survives hibernation with it. */
interface Attachment {
  readonly side: "browser" | "phone";
  readonly since: number;
}

/** Tabs and reconnects of one person. Of more, the oldest are dead, or somebody's loop. */
const SOCKETS_MAX = 16;
const ROW = "login";

export class LoginObject extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    // Nothing here may touch storage: whoever merely probes an object must leave nothing behind.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  async asBrowser(
    uuid: string,
    event: EventOf<"attach" | "enter">,
  ): Promise<BrowserView | Refusal> {
    const login = await this.#on(uuid, event);
    return isRefusal(login) ? login : this.#browserView(login);
  }

  /** Several events are one turn, up to the first that is refused. */
  async asPhone(
    uuid: string,
    ...events: EventOf<"scan" | "confirm" | "cancel" | "watch">[]
  ): Promise<PhoneView | Refusal> {
    const login = await this.#on(uuid, ...events);
    return isRefusal(login) ? login : phoneView(login, Date.now());
  }

  /** @returns whom to sign in: once, and again only to the attempt that did it */
  async redeem(uuid: string, event: EventOf<"redeem">): Promise<User | Refusal> {
    const login = await this.#on(uuid, event);
    if (isRefusal(login)) return login;
    return login.user ?? refuse("bad_ticket", { reason: "nobody" });
  }

  /** Wrong credentials came along with this uuid. */
  async fail(uuid: string): Promise<Refusal | undefined> {
    const login = await this.#on(uuid, { kind: "fail" });
    return isRefusal(login) ? login : undefined;
  }

  /** A socket, for the browser (`attach`) or the claiming phone (`watch`); or a refusal as JSON. */
  override async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const uuid = searchParams.get("uuid") ?? "";
    const event = JSON.parse(searchParams.get("event") ?? "") as EventOf<"attach" | "watch">;
    const login = await this.#on(uuid, event);
    if (isRefusal(login)) return Response.json(login);

    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    const side = event.kind === "attach" ? "browser" : "phone";
    server.serializeAttachment({ side, since: Date.now() } satisfies Attachment);
    this.#closeSurplus(side);
    this.#send(server, login);
    return new Response(null, { status: 101, webSocket: client });
  }

  override webSocketMessage(socket: WebSocket): void {
    // "ping" never gets here; nobody has anything else to say.
    socket.close(1008, "nothing but ping is understood");
  }

  override async alarm(): Promise<void> {
    const before = this.#load();
    if (before === undefined) return;
    const at = this.#at(before.uuid, Date.now());
    const { login = before, happened } = step(before, { kind: "deadline" }, at);
    const wipeAt = forgetAt(login, at.rules);
    if (at.now >= wipeAt) {
      await this.ctx.storage.deleteAll();
      if (happened) this.#tell(login, happened);
      return;
    }
    // Too early to forget it.
    if (happened) {
      this.#save(login);
      this.#tell(login, happened);
    }
    await this.ctx.storage.setAlarm(wipeAt);
  }

  async #on(uuid: string, ...events: Event[]): Promise<Login | Refusal> {
    const at = this.#at(uuid, Date.now());
    const before = this.#load();
    let login = before;
    let refusal: Refusal | undefined;
    const happenings: Happening[] = [];
    for (const event of events) {
      const next = step(login, event, at);
      ({ login, refusal } = next);
      if (next.happened) happenings.push(next.happened);
      if (refusal) break;
    }
    if (login !== undefined && happenings.length > 0) {
      this.#save(login);
      if (before === undefined) await this.#setTheAlarm(forgetAt(login, at.rules));
      this.#tell(login, ...happenings);
    }
    return refusal ?? login ?? refuse("not_watched");
  }

  /**
   * Once, at attach, for the time when everything is over however slow its user is: moving it along
   * with each step would cost a written row every time. A deadline before that is noticed by the
   * next event, at the latest the page's own when its countdown ends.
   */
  async #setTheAlarm(time: number): Promise<void> {
    try {
      await this.ctx.storage.setAlarm(time);
    } catch (error) {
      // What nothing would ever wipe must not be begun.
      this.ctx.storage.kv.delete(ROW);
      throw error;
    }
  }

  #load(): Login | undefined {
    return this.ctx.storage.kv.get<Login>(ROW);
  }

  #save(login: Login): void {
    this.ctx.storage.kv.put(ROW, login);
  }

  #tell(login: Login, ...happenings: Happening[]): void {
    const { uuid, user, reason } = login;
    for (const happened of happenings) {
      auditLogin(`login.${happened}`, { uuid, user: user?.sub, reason, place: login.browser });
    }
    for (const socket of this.ctx.getWebSockets()) this.#send(socket, login);
  }

  #send(socket: WebSocket, login: Login): void {
    const { side } = attachmentOf(socket);
    const view = side === "browser" ? this.#browserView(login) : phoneView(login, Date.now());
    try {
      socket.send(JSON.stringify(view));
      if (hasEnded(login)) socket.close(1000, login.state);
    } catch {
      // A socket that is on its way out must not keep the others from hearing.
    }
  }

  #closeSurplus(of: Attachment["side"]): void {
    const sockets = this.ctx
      .getWebSockets()
      .filter((socket) => attachmentOf(socket).side === of)
      .sort((a, b) => attachmentOf(b).since - attachmentOf(a).since);
    for (const socket of sockets.slice(SOCKETS_MAX)) socket.close(1013, "too many sockets");
  }

  #browserView(login: Login): BrowserView {
    const { keys } = usableConfigOf(this.env);
    return browserView(login, Date.now(), ({ uuid, user, confirmedAt }) =>
      ticketFor(keys.ticket, uuid, user?.sub ?? "", confirmedAt ?? 0),
    );
  }

  #at(uuid: string, now: number) {
    return { now, uuid, mintedAt: mintTimeOf(uuid), rules: usableConfigOf(this.env).rules };
  }
}

function attachmentOf(socket: WebSocket): Attachment {
  return socket.deserializeAttachment() as Attachment;
}
