/** The people and the logins of one model run, real ones, each with what the model says of it. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { usableConfigOf } from "../../../src/config.ts";
import type { Place } from "../../../src/core/place.ts";
import { verifyBrowserKey } from "../../../src/login/browser-key.ts";
import { isRefusal } from "../../../src/core/refusal.ts";
import { ticketFor } from "../../../src/login/ticket.ts";
import { mintTimeOf } from "../../../src/login/uuid.ts";
import { ModelLogin, type ModelSocket, type View } from "./login.ts";
import {
  Browser,
  Listener,
  newAccount,
  Phone,
  phoneOf,
  type Account,
} from "../../support/worker/parties.ts";

export const berlin = { latitude: "52.52", longitude: "13.405", country: "DE", city: "Berlin" };
const hamburg = { latitude: "53.55", longitude: "9.99", country: "DE", city: "Hamburg" };
const tokyo = { latitude: "35.68", longitude: "139.69", country: "JP", city: "Tokyo" };

export interface Handset {
  readonly account: Account;
  readonly phone: Phone;
  readonly place: Place;
}

/** Three holders of keys to one login: who minted it, a twin that never loses them, a stranger. */
export const actors = ["owner", "twin", "stranger"] as const;
export type Actor = (typeof actors)[number];

/** A socket, and for whom it was opened. */
export class Ear extends Listener<View> {
  readonly side: ModelSocket["side"];

  constructor(response: Response, side: ModelSocket["side"]) {
    super(response);
    this.side = side;
  }
}

export interface LoginInWorld {
  readonly uuid: string;
  readonly mintedAt: number;
  /** The mark of the one browser key there is: the twin has it from the owner. */
  readonly owner: string;
  model: ModelLogin;
  readonly listeners: Map<number, Ear>;
  /** Those that hung up themselves: no more is heard of them, not even that they are closed. */
  readonly gone: Ear[];
  /** The newest ticket that was issued, also after the login was wiped. */
  ticket?: { readonly ticket: string; readonly time: number };
  /** Redemptions that were answered with a session. */
  grants: number;
}

export class World {
  readonly logins: LoginInWorld[] = [];
  readonly browsers: Readonly<Record<Actor, Browser>>;
  readonly handsets: readonly Handset[];
  readonly config = usableConfigOf(env);
  #clock: number;
  #sockets = 0;

  private constructor(handsets: readonly Handset[]) {
    this.handsets = handsets;
    const cf = berlin;
    this.browsers = {
      owner: new Browser({ cf }),
      twin: new Browser({ cf }),
      stranger: new Browser({ cf }),
    };
    vi.useRealTimers();
    this.#clock = Date.now();
    vi.setSystemTime(this.#clock);
  }

  /** @param tokens of the people on the phones: one near the browser, one on another continent */
  static of(people: readonly Person[]): World {
    const handsets = people.map(({ account, token }, i) => {
      const cf = i % 2 === 0 ? hamburg : tokyo;
      const phone = new Phone(token, { cf });
      return { account, phone, place: placeOf(phone.address, cf) };
    });
    return new World(handsets);
  }

  /** What every clock of this run says, in milliseconds since the epoch. It never goes back. */
  get now(): number {
    return this.#clock;
  }

  /** Also the object's clock and the Worker's: they run in this isolate. */
  advance(to: number): void {
    this.#clock = Math.max(this.#clock, to);
    vi.setSystemTime(this.#clock);
  }

  async mint(): Promise<LoginInWorld> {
    const { owner, twin } = this.browsers;
    const { uuid } = await owner.mint();
    const key = owner.cookies.get(cookieOf(uuid)) ?? "";
    twin.cookies.set(cookieOf(uuid), key);
    const mintedAt = mintTimeOf(uuid);
    const { rules, keys } = this.config;
    const verified = verifyBrowserKey(keys.browser, uuid, key);
    if (isRefusal(verified)) throw new Error("minted without a key");
    const model = new ModelLogin({
      uuid,
      mintedAt,
      rules,
      ticketOf: ({ user, confirmedAt }) =>
        ticketFor(keys.ticket, uuid, user?.sub ?? "", confirmedAt ?? 0),
    });
    const login: LoginInWorld = {
      uuid,
      mintedAt,
      owner: verified.owner,
      model,
      listeners: new Map(),
      gone: [],
      grants: 0,
    };
    this.logins.push(login);
    return login;
  }

  nextSocket(): number {
    return ++this.#sockets;
  }

  hasKey(actor: Actor, uuid: string): boolean {
    return this.browsers[actor].cookies.has(cookieOf(uuid));
  }

  /** Nobody may be asked about a uuid that is older than any login can be. */
  isTooOld({ mintedAt }: LoginInWorld): boolean {
    return this.now >= mintedAt + this.config.loginMaxAgeS * 1000;
  }

  placeOfBrowser(actor: Actor): Place {
    return placeOf(this.browsers[actor].address, berlin);
  }
}

export interface Person {
  readonly account: Account;
  readonly token: string;
}

export async function newPerson(): Promise<Person> {
  const account = await newAccount();
  const { token } = await phoneOf(account);
  return { account, token };
}

export function hangUp(login: LoginInWorld, ids: readonly number[]): void {
  for (const id of ids) {
    const listener = login.listeners.get(id);
    if (listener === undefined) continue;
    listener.socket.close(1000);
    login.listeners.delete(id);
    login.gone.push(listener);
  }
  login.model = login.model.without(ids);
}

export function objectOf(uuid: string) {
  return env.LOGIN.getByName(uuid);
}

/**
 * The next write throws, and only that one: any, or the next that sets the alarm.
 * @returns puts all back, and tells whether it came to that
 */
export async function armWriteFault(
  uuid: string,
  which: "any" | "alarm",
): Promise<() => Promise<boolean>> {
  let struck = false;
  await runInDurableObject(objectOf(uuid), (_, { storage }) => {
    const strike = () => {
      disarm(storage);
      struck = true;
      throw new Error("storage failed on purpose");
    };
    storage.setAlarm = strike;
    if (which === "alarm") return;
    storage.kv.put = strike;
    storage.deleteAll = strike;
  });
  return async () => {
    await runInDurableObject(objectOf(uuid), (_, { storage }) => disarm(storage));
    return struck;
  };
}

function disarm(storage: DurableObjectStorage): void {
  Reflect.deleteProperty(storage.kv, "put");
  Reflect.deleteProperty(storage, "setAlarm");
  Reflect.deleteProperty(storage, "deleteAll");
}

function cookieOf(uuid: string): string {
  return `__Host-login-${uuid}`;
}

function placeOf(ip: string, cf: typeof berlin): Place {
  const { latitude, longitude, country, city } = cf;
  return { ip, city, country, latitude: Number(latitude), longitude: Number(longitude) };
}
