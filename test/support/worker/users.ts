/** A user of a test's own, and what a test may look at in their object. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { randomBytes } from "node:crypto";
import { deriveKeys } from "../../../src/core/keys.ts";
import { isRefusal, type Refusal } from "../../../src/core/refusal.ts";
import type { Entry, Grant } from "../../../src/users/families.ts";
import { userOf } from "../../../src/users/gateway.ts";
import { namesOf } from "../../../src/users/refresh-token.ts";
import { grantTo } from "../grants.ts";

export const keys = deriveKeys(env.SECRET);

export function newUser() {
  const sub = `sub-${randomBytes(6).toString("hex")}`;
  const [name] = namesOf(keys, sub);
  const stub = env.USERS.getByName(name);
  const inside = <T>(look: (state: DurableObjectState) => T | Promise<T>): Promise<T> =>
    runInDurableObject(stub, (_, state) => look(state));
  return {
    sub,
    stub,
    user: userOf(env, keys, sub),
    grant: (id: string, more: Partial<Grant> = {}) =>
      grantTo(id, { user: { sub, name: "Ada Lovelace" }, ...more }),
    inside,
    /** Everything stored, by its key. */
    stored: () => inside(({ storage }) => Object.fromEntries(storage.kv.list<Entry>())),
    alarm: () => inside(({ storage }) => storage.getAlarm()),
  };
}

/** The answer, which must not be a refusal. */
export function good<T>(answer: T | Refusal): T {
  if (isRefusal(answer)) throw new Error(JSON.stringify(answer));
  return answer;
}

export function tokenOf(answer: { readonly refreshToken?: string } | Refusal): string {
  const { refreshToken } = good(answer);
  if (refreshToken === undefined) throw new Error("no refresh token");
  return refreshToken;
}
