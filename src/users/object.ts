/**
 * The object of one user: its grants, one row each. Load → step → save, with no await between, so
 * that events do not interleave; the runtime holds back every answer until what was saved is
 * durable (output gate). The rules are in `families.ts`.
 *
 * Its alarm is set as long as there is a row: nothing is left behind when the last one is over.
 */
import { DurableObject } from "cloudflare:workers";
import { audit } from "../core/audit.ts";
import { GRANTS_MAX } from "../core/limits.ts";
import type { Refusal } from "../core/refusal.ts";
import {
  goingOn,
  overAt,
  step,
  type Entry,
  type Event,
  type Family,
  type Grant,
} from "./families.ts";

const PREFIX = "grant:";

export class UserObject extends DurableObject<Env> {
  /** @returns the number of its refresh token, if it has one; asked again, the newest */
  async begin(grant: Grant): Promise<{ readonly newest?: number } | Refusal> {
    const family = this.#on(grant.id, { kind: "begin", grant });
    if ("refused" in family) return family;
    this.#makeRoom(grant.id);
    await this.#setTheAlarm(family, grant.id);
    return family.newest === undefined ? {} : { newest: family.newest };
  }

  /** @returns the grant, and the number of the token that follows the one presented */
  refresh(
    id: string,
    presented: number,
    clientId: string,
  ): { readonly grant: Grant; readonly newest: number } | Refusal {
    const family = this.#on(id, { kind: "refresh", presented, clientId });
    if ("refused" in family) return family;
    return { grant: family.grant, newest: presented + 1 };
  }

  stateOf(id: string): { readonly grant: Grant; readonly newest?: number } | Refusal {
    const found = goingOn(this.#load(id), Date.now());
    if ("refused" in found) return found;
    const { grant, newest } = found.family;
    return { grant, ...(newest !== undefined && { newest }) };
  }

  async end(id: string): Promise<void> {
    this.#on(id, { kind: "end" });
    await this.#setTheAlarm({ endedAt: Date.now() }, id);
  }

  override async alarm(): Promise<void> {
    const now = Date.now();
    const left = [...this.#all()].filter(([key, entry]) => {
      const isOver = now >= overAt(entry);
      if (isOver) this.ctx.storage.kv.delete(key);
      return !isOver;
    });
    if (left.length === 0) return this.ctx.storage.deleteAll();
    await this.ctx.storage.setAlarm(Math.min(...left.map(([, entry]) => overAt(entry))));
  }

  #on(id: string, event: Event): Family | Refusal {
    const before = this.#load(id);
    const now = Date.now();
    const { entry, refusal, happened } = step(before, event, now);
    if (entry !== undefined && entry !== before) this.ctx.storage.kv.put(PREFIX + id, entry);
    if (happened !== undefined && happened !== "refreshed") {
      audit(`grant.${happened}`, { user: userOf(before ?? entry) });
    }
    if (refusal) return refusal;
    const found = goingOn(entry, now);
    return "refused" in found ? found : found.family;
  }

  #load(id: string): Entry | undefined {
    return this.ctx.storage.kv.get<Entry>(PREFIX + id);
  }

  #all(): Iterable<[string, Entry]> {
    return this.ctx.storage.kv.list<Entry>({ prefix: PREFIX });
  }

  #makeRoom(newcomer: string): void {
    const others = [...this.#all()].filter(([key]) => key !== PREFIX + newcomer);
    const surplus = others.length + 1 - GRANTS_MAX;
    if (surplus <= 0) return;
    const idlest = others.sort(([, a], [, b]) => overAt(a) - overAt(b));
    for (const [key] of idlest.slice(0, surplus)) this.ctx.storage.kv.delete(key);
  }

  async #setTheAlarm(entry: Entry, id: string): Promise<void> {
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

function userOf(entry: Entry | undefined): string | undefined {
  return entry !== undefined && "grant" in entry ? entry.grant.user.sub : undefined;
}
