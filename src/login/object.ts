/**
 * The login object, one per uuid: load → step → save → tell. It decides nothing itself; the rules
 * are in `machine.ts`. There is no await between load and save, so events do not interleave, and
 * the runtime holds back every answer and push until what was saved is durable (output gate).
 *
 * It costs nothing to wait: sockets hibernate, "ping" is answered without waking, and nothing of a
 * login lives in memory alone.
 */
import { DurableObject } from "cloudflare:workers";
import { audit } from "../audit.ts";
import { usableConfigOf } from "../config.ts";
import { hasEnded, step, type Event, type Login, type User } from "./machine.ts";
import { isRefusal, refuse, type Refusal } from "./refusal.ts";
import { ticketFor } from "./ticket.ts";
import { mintTimeOf } from "./uuid.ts";
import { browserView, phoneView, type BrowserView, type PhoneView } from "./view.ts";

type EventOf<Kind extends Event["kind"]> = Extract<Event, { kind: Kind }>;

/** Who listens on a socket; survives hibernation with it. */
interface Attachment {
  readonly side: "browser" | "phone";
}

/** Tabs and reconnects of one person; more are somebody's loop. */
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

  /** @returns whom to sign in, once */
  async redeem(uuid: string, event: EventOf<"redeem">): Promise<User | Refusal> {
    const login = await this.#on(uuid, event);
    if (isRefusal(login)) return login;
    return login.user ?? refuse("bad_ticket", { reason: "nobody scanned" });
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
    if (this.ctx.getWebSockets().length >= SOCKETS_MAX) {
      return Response.json(refuse("rate_limited", { reason: "too many sockets on one login" }));
    }
    const login = await this.#on(uuid, event);
    if (isRefusal(login)) return Response.json(login);

    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    const attachment: Attachment = { side: event.kind === "attach" ? "browser" : "phone" };
    server.serializeAttachment(attachment);
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
    const now = Date.now();
    const { login = before } = step(before, { kind: "deadline" }, this.#at(before.uuid, now));
    if (now < login.deadline) {
      // Set once, at attach: it rings early for a login that went on, or whose tombstone must stay.
      if (login !== before) this.#save(login);
      await this.ctx.storage.setAlarm(login.deadline);
    } else {
      await this.ctx.storage.deleteAll();
    }
    if (login !== before) this.#tell(login, before);
  }

  async #on(uuid: string, ...events: Event[]): Promise<Login | Refusal> {
    const at = this.#at(uuid, Date.now());
    const before = this.#load();
    let login = before;
    let refusal: Refusal | undefined;
    for (const event of events) {
      ({ login, refusal } = step(login, event, at));
      if (refusal) break;
    }
    if (login !== undefined && login !== before) {
      this.#save(login);
      if (before === undefined) await this.ctx.storage.setAlarm(login.deadline);
      this.#tell(login, before);
    }
    return refusal ?? login ?? refuse("not_watched");
  }

  #load(): Login | undefined {
    return this.ctx.storage.kv.get<Login>(ROW);
  }

  #save(login: Login): void {
    this.ctx.storage.kv.put(ROW, login);
  }

  #tell(login: Login, before?: Login): void {
    const { state, uuid, user, reason } = login;
    const event =
      state === before?.state ? "login.credentials_failed" : (`login.${state}` as const);
    audit(event, { uuid, user: user?.sub, reason, place: login.browser });
    for (const socket of this.ctx.getWebSockets()) this.#send(socket, login);
  }

  #send(socket: WebSocket, login: Login): void {
    const { side } = socket.deserializeAttachment() as Attachment;
    const view = side === "browser" ? this.#browserView(login) : phoneView(login, Date.now());
    try {
      socket.send(JSON.stringify(view));
      if (hasEnded(login)) socket.close(1000, login.state);
    } catch {
      // A socket that is on its way out must not keep the others from hearing.
    }
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
