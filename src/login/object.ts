/**
 * The login object, one per uuid: load → step → save → tell. It decides nothing itself; the rules
 * are in `machine.ts`. There is no await between load and save, so events do not interleave, and
 * the runtime holds back every answer and push until what was saved is durable (output gate).
 *
 * It costs nothing to wait: sockets hibernate, "ping" is answered without waking, and a login that
 * nobody has scanned is kept by the socket that waits for it, without a row.
 */
import { DurableObject } from "cloudflare:workers";
import { usableConfigOf } from "../config.ts";
import { RETRY_AFTER_S } from "../core/limits.ts";
import { isRefusal, refuse, type Refusal } from "../core/refusal.ts";
import type { User } from "../core/user.ts";
import { auditLogin } from "./audit.ts";
import { keptBy, Listeners, send, type Side } from "./listeners.ts";
import { hasEnded, step, type Event, type EventOf, type Happening, type Login } from "./machine.ts";
import { ticketFor } from "./ticket.ts";
import { mintTimeOf } from "./uuid.ts";
import { browserView, phoneView, type BrowserView, type PhoneView } from "./view.ts";

/** What one turn found, and what it made of it. */
interface Turn {
  readonly before: Login | undefined;
  readonly login: Login | undefined;
  readonly refusal: Refusal | undefined;
  readonly happenings: readonly Happening[];
}

/** What an authorization code stands for. */
export interface Exchanged
  extends Pick<Required<Login>, "user" | "code" | "confirmedAt">, Pick<Login, "session"> {
  readonly needsNumber: boolean;
  readonly isAgain: boolean;
}

const ROW = "login";

export class LoginObject extends DurableObject<Env> {
  readonly #listeners: Listeners;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    // Nothing here may touch storage: a caller that merely probes must leave nothing behind.
    this.#listeners = new Listeners(ctx);
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

  /** Begun and redeemed in one turn, by a session. @returns what its code is made of */
  async vouch(
    uuid: string,
    attach: EventOf<"attach">,
    vouch: EventOf<"vouch">,
  ): Promise<{ readonly confirmedAt: number } | Refusal> {
    const login = await this.#on(uuid, attach, vouch);
    return isRefusal(login) ? login : { confirmedAt: login.confirmedAt ?? 0 };
  }

  /**
   * @returns whom the code is for and what was asked for; with `isAgain` where it was spent before,
   * so that what it gave then can be taken back
   */
  async exchange(uuid: string, event: EventOf<"exchange">): Promise<Exchanged | Refusal> {
    const answer = await this.#on(uuid, event);
    const login = isRefusal(answer) ? this.#load() : answer;
    if (isRefusal(answer) && answer.refused !== "already_used") return answer;
    if (login?.user === undefined || login.code === undefined) return refuse("bad_grant");
    const { user, code, confirmedAt = 0, needsNumber = false, session } = login;
    const isAgain = isRefusal(answer);
    return { user, code, confirmedAt, needsNumber, isAgain, ...(session && { session }) };
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
    const turn = this.#turn(uuid, event);
    const { login } = turn;
    if (turn.refusal || login === undefined) return Response.json(await this.#finish(turn));
    // A login that begins here is kept by the socket; the alarm comes first, as it may fail.
    await this.#keep(turn, turn.before === undefined);
    const side = event.kind === "attach" ? "browser" : "phone";
    const isRowless = login.state === "pending" && this.#row() === undefined;
    const { client, server } = this.#listeners.accept(side, isRowless ? login : undefined);
    if (turn.happenings.length > 0) this.#tell(login, turn.happenings);
    else send(server, JSON.stringify(this.#viewFor(side, login)), endOf(login));
    return new Response(null, { status: 101, webSocket: client });
  }

  override webSocketMessage(socket: WebSocket): void {
    // "ping" never gets here; nobody has anything else to say.
    socket.close(1008, "nothing but ping is understood");
  }

  /**
   * The browser that went away may have kept a login that nobody has scanned. It may be back in a
   * second, and a scan may come first: from here on the login has a row.
   */
  override webSocketClose(socket: WebSocket): void {
    const pending = keptBy(socket);
    if (pending === undefined || this.#row() !== undefined) return;
    if (this.#listeners.pending(socket) === undefined) this.#save(pending);
  }

  override webSocketError(socket: WebSocket): void {
    this.webSocketClose(socket);
  }

  /** Rings at the deadline of the state in which it was set, and is set anew if it moved since. */
  override async alarm(): Promise<void> {
    const before = this.#load();
    const now = Date.now();
    if (before !== undefined && now < before.deadline) {
      return this.ctx.storage.setAlarm(before.deadline);
    }
    // By now the uuid is too old to attach again, so nothing can begin a second time.
    await this.ctx.storage.deleteAll();
    if (before === undefined) return;
    const { login, happened } = step(before, { kind: "deadline" }, this.#at(before.uuid, now));
    if (login && happened) this.#tell(login, [happened]);
  }

  async #on(uuid: string, ...events: Event[]): Promise<Login | Refusal> {
    return this.#finish(this.#turn(uuid, ...events));
  }

  #turn(uuid: string, ...events: Event[]): Turn {
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
    return { before, login, refusal, happenings };
  }

  async #finish(turn: Turn): Promise<Login | Refusal> {
    await this.#keep(turn);
    const { login, refusal, happenings } = turn;
    if (login === undefined) return refusal?.refused === "expired" ? refusal : this.#notWatched();
    if (happenings.length > 0) this.#tell(login, happenings);
    return refusal ?? login;
  }

  async #keep({ before, login, happenings }: Turn, withoutRow = false): Promise<void> {
    if (login === undefined || happenings.length === 0) return;
    if (!withoutRow) this.#save(login);
    if (before === undefined) await this.#setTheAlarm(login);
  }

  async #setTheAlarm({ deadline }: Login): Promise<void> {
    try {
      await this.ctx.storage.setAlarm(deadline);
    } catch (error) {
      // What nothing would ever wipe must not be begun.
      this.ctx.storage.kv.delete(ROW);
      throw error;
    }
  }

  /**
   * An alarm but no login: its browser was here, and lost its socket without a word, as in a deploy.
   * It comes back within seconds, so the phone is asked to try again and no scan is lost.
   */
  async #notWatched(): Promise<Refusal> {
    if ((await this.ctx.storage.getAlarm()) === null) return refuse("not_watched");
    return refuse("unavailable", { reason: "browser_away", retryAfterS: RETRY_AFTER_S });
  }

  #load(): Login | undefined {
    return this.#row() ?? this.#listeners.pending();
  }

  #row(): Login | undefined {
    const row = this.ctx.storage.kv.get(ROW);
    return typeof row === "string" ? (JSON.parse(row) as Login) : undefined;
  }

  #save(login: Login): void {
    // As text: the platform's own way of writing an object down takes several times as long.
    this.ctx.storage.kv.put(ROW, JSON.stringify(login));
  }

  #tell(login: Login, happenings: readonly Happening[]): void {
    const { uuid, user, site, reason } = login;
    for (const happened of happenings) {
      auditLogin(`login.${happened}`, {
        uuid,
        user: user?.sub,
        site: site?.id,
        reason,
        place: login.browser,
      });
    }
    this.#listeners.tell(endOf(login), (side) => this.#viewFor(side, login));
  }

  #viewFor(side: Side, login: Login): BrowserView | PhoneView {
    return side === "browser" ? this.#browserView(login) : phoneView(login, Date.now());
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

/** What its sockets are closed with, once it has ended. */
function endOf(login: Login): string | undefined {
  return hasEnded(login) ? login.state : undefined;
}
