/**
 * The object of one user: its grants, a row each. Load → step → save, with no await between, so
 * that events do not interleave; the runtime holds back every answer until what was saved is
 * durable (output gate). The rules are in `families.ts`.
 *
 * Its alarm is set as long as there is a row: nothing is left behind when the last grant is over.
 */
import { DurableObject } from "cloudflare:workers";
import { audit } from "../core/audit.ts";
import { GRANTS_MAX } from "../core/limits.ts";
import { isRefusal, type Refusal } from "../core/refusal.ts";
import {
  firstTokenOf,
  goingOn,
  overAt,
  refusalOf,
  step,
  type Entry,
  type Event,
  type Family,
  type Grant,
} from "./families.ts";

const PREFIX = "grant:";

export class UserObject extends DurableObject<Env> {
  /** @returns the number of its newest refresh token, where it has one; dead ones of an ended grant */
  async begin(grant: Grant): Promise<{ readonly newest?: number } | Refusal> {
    const entry = this.#on(grant.id, { kind: "begin", grant });
    if (isRefusal(entry)) return entry;
    if (!isFamily(entry)) return firstTokenOf(grant);
    this.#makeRoomFor(grant.id);
    await this.#setTheAlarm(grant.id, entry);
    return entry.newest === undefined ? {} : { newest: entry.newest };
  }

  /** @returns the grant, and the number of the token that follows the one presented */
  async refresh(
    id: string,
    number: number,
    clientId: string,
  ): Promise<{ readonly grant: Grant; readonly next: number } | Refusal> {
    const family = this.#on(id, { kind: "refresh", number, clientId });
    return isRefusal(family) ? family : { grant: family.grant, next: number + 1 };
  }

  /** @param token a refresh token of it that must be good for a successor */
  async stateOf(
    id: string,
    token?: { readonly number: number; readonly clientId: string },
  ): Promise<{ readonly grant: Grant } | Refusal> {
    const now = Date.now();
    const family = goingOn(this.#load(id), now);
    if (isRefusal(family)) return family;
    const refusal = token && refusalOf(family, token.number, token.clientId, now);
    return refusal ?? { grant: family.grant };
  }

  /** @param clientId where a client asks for it: it ends no other's, and none that is not there */
  async end(id: string, clientId?: string): Promise<Refusal | undefined> {
    const entry = this.#on(id, { kind: "end", ...(clientId !== undefined && { clientId }) });
    if (isRefusal(entry)) return entry;
    await this.#setTheAlarm(id, entry);
    return undefined;
  }

  override async alarm(): Promise<void> {
    const now = Date.now();
    const all = [...this.#all()];
    const left = all.filter(([, entry]) => now < overAt(entry));
    if (left.length === 0) return this.ctx.storage.deleteAll();
    for (const [key, entry] of all) if (now >= overAt(entry)) this.ctx.storage.kv.delete(key);
    await this.ctx.storage.setAlarm(Math.min(...left.map(([, entry]) => overAt(entry))));
  }

  #on(id: string, event: Extract<Event, { kind: "refresh" }>): Family | Refusal;
  #on(id: string, event: Event): Entry | Refusal;
  #on(id: string, event: Event): Entry | Refusal {
    const before = this.#load(id);
    const now = Date.now();
    const { entry, refusal, happened } = step(before, event, now);
    if (entry !== before) this.ctx.storage.kv.put(PREFIX + id, entry);
    if (happened !== undefined && happened !== "refreshed") {
      const { grant } = [before, entry].find(isFamily) ?? {};
      audit(`grant.${happened}`, { user: grant?.user.sub, site: grant?.clientId });
    }
    return refusal ?? entry ?? goingOn(entry, now);
  }

  #load(id: string): Entry | undefined {
    return this.ctx.storage.kv.get<Entry>(PREFIX + id);
  }

  #all(): Iterable<[string, Entry]> {
    return this.ctx.storage.kv.list<Entry>({ prefix: PREFIX });
  }

  /** Of too many, those go that would be over first: of families, the ones that nobody uses. */
  #makeRoomFor(id: string): void {
    const others = [...this.#all()].filter(([key]) => key !== PREFIX + id);
    const surplus = Math.max(0, others.length + 1 - GRANTS_MAX);
    const firstOver = others.sort(([, a], [, b]) => overAt(a) - overAt(b));
    for (const [key] of firstOver.slice(0, surplus)) this.ctx.storage.kv.delete(key);
  }

  async #setTheAlarm(id: string, entry: Entry): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) !== null) return;
    try {
      await this.ctx.storage.setAlarm(overAt(entry));
    } catch (error) {
      // What nothing would ever wipe must not be begun.
      this.ctx.storage.kv.delete(PREFIX + id);
      throw error;
    }
  }
}

function isFamily(entry: Entry | undefined): entry is Family {
  return entry !== undefined && "grant" in entry;
}
