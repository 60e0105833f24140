/**
 * What one login object ought to be: the pure machine, beside it the alarm and the sockets, as the
 * object's own description has them. No platform: the model says what must be heard and answered.
 */
import type { RefusalCode } from "../../../src/core/refusal.ts";
import { wireOf } from "../../support/wire.ts";
import {
  hasEnded,
  step,
  type At,
  type Event,
  type Login,
  type Rules,
} from "../../../src/login/machine.ts";
import { isRefusal, refuse, type Refusal } from "../../../src/core/refusal.ts";
import {
  browserView,
  phoneView,
  type BrowserView,
  type PhoneView,
} from "../../../src/login/view.ts";

export type View = BrowserView | PhoneView;

/** What a call is answered with: exact on success, by code on a refusal. */
export type Answer =
  | { readonly status: number; readonly body: unknown }
  | { readonly status: number; readonly code: RefusalCode };

export interface ModelSocket {
  readonly side: "browser" | "phone";
  readonly heard: readonly View[];
  readonly open: boolean;
}

export interface Outline {
  readonly uuid: string;
  readonly mintedAt: number;
  readonly rules: Rules;
  /** The ticket of a confirmed login. */
  readonly ticketOf: (login: Login) => string;
}

/** A value: an event makes a new one, so that several orders of events can be tried. */
export class ModelLogin {
  readonly outline: Outline;
  readonly login: Login | undefined;
  readonly alarm: number | undefined;
  readonly sockets: ReadonlyMap<number, ModelSocket>;
  /** Nothing has happened since it began on a socket, which keeps it: there is no row. */
  readonly isRowless: boolean;

  constructor(
    outline: Outline,
    login?: Login,
    alarm?: number,
    sockets: ReadonlyMap<number, ModelSocket> = new Map(),
    isRowless = false,
  ) {
    this.outline = outline;
    this.login = login;
    this.alarm = alarm;
    this.sockets = sockets;
    this.isRowless = isRowless;
  }

  /** Several events are one turn, up to the first refusal. */
  after(now: number, ...events: Event[]): { next: ModelLogin; result: Login | Refusal } {
    let { login } = this;
    let refusal: Refusal | undefined;
    for (const event of events) {
      ({ login, refusal } = step(login, event, this.at(now)));
      if (refusal) break;
    }
    const begun = this.login === undefined ? login : undefined;
    const alarm = begun?.deadline ?? this.alarm;
    const isRowless = login === this.login && this.isRowless;
    const next = new ModelLogin(this.outline, login, alarm, this.sockets, isRowless);
    // An alarm but no login: the browser lost its socket and is about to come back.
    const away = refusal?.refused === "not_watched" && this.alarm !== undefined;
    const result = away ? refuse("unavailable") : (refusal ?? login ?? refuse("not_watched"));
    return { next: login && login !== this.login ? next.told(login, now) : next, result };
  }

  /** A socket that is let in hears at once how things stand. */
  listening(id: number, side: ModelSocket["side"], login: Login, now: number): ModelLogin {
    const socket = { side, heard: [this.view(login, side, now)], open: !hasEnded(login) };
    return this.with(new Map([...this.sockets, [id, socket]]));
  }

  /** It has just begun, on a socket. */
  begunOnSocket(): ModelLogin {
    return new ModelLogin(this.outline, this.login, this.alarm, this.sockets, true);
  }

  afterAlarm(now: number): ModelLogin {
    const { login: before } = this;
    if (this.alarm === undefined) return this;
    if (before === undefined) return new ModelLogin(this.outline, before, undefined, this.sockets);
    if (now < before.deadline) {
      return new ModelLogin(this.outline, before, before.deadline, this.sockets, this.isRowless);
    }
    const { login = before } = step(before, { kind: "deadline" }, this.at(now));
    const next = new ModelLogin(this.outline, undefined, undefined, this.sockets);
    return login === before ? next : next.told(login, now);
  }

  /** Torn without a word, as in a deploy: what only they kept is gone with them. */
  withAllTorn(): ModelLogin {
    const sockets = new Map([...this.sockets].map(([id, it]) => [id, { ...it, open: false }]));
    const login = this.isRowless ? undefined : this.login;
    return new ModelLogin(this.outline, login, this.alarm, sockets);
  }

  /** Closed by their owners: what the last of them kept gets its row. */
  without(ids: readonly number[]): ModelLogin {
    const sockets = new Map([...this.sockets].filter(([id]) => !ids.includes(id)));
    const isKept = [...sockets.values()].some(({ side, open }) => side === "browser" && open);
    return new ModelLogin(this.outline, this.login, this.alarm, sockets, this.isRowless && isKept);
  }

  get openSockets(): number[] {
    return [...this.sockets].filter(([, { open }]) => open).map(([id]) => id);
  }

  view(login: Login, side: ModelSocket["side"], now: number): View {
    return side === "phone"
      ? phoneView(login, now)
      : browserView(login, now, this.outline.ticketOf);
  }

  private told(login: Login, now: number): ModelLogin {
    const sockets = [...this.sockets].map(([id, socket]) => {
      if (!socket.open) return [id, socket] as const;
      const heard = [...socket.heard, this.view(login, socket.side, now)];
      return [id, { ...socket, heard, open: !hasEnded(login) }] as const;
    });
    return this.with(new Map(sockets));
  }

  private with(sockets: ReadonlyMap<number, ModelSocket>): ModelLogin {
    return new ModelLogin(this.outline, this.login, this.alarm, sockets, this.isRowless);
  }

  private at(now: number): At {
    const { uuid, mintedAt, rules } = this.outline;
    return { now, uuid, mintedAt, rules };
  }
}

export function refused(code: RefusalCode): Answer {
  return { status: wireOf(code).status, code };
}

/** The wire's answer to an event: refused by its code, or what `body` makes of the login. */
export function answered(result: Login | Refusal, body: (login: Login) => unknown): Answer {
  return isRefusal(result) ? refused(result.refused) : { status: 200, body: body(result) };
}
