/**
 * The way from a face to a user's object, and what happens when that way is briefly broken. Every
 * call may be repeated, and is where the platform asks for it.
 */
import { askObject } from "../core/ask-object.ts";
import { isRefusal, refuse, type Refusal } from "../core/refusal.ts";
import type { Grant } from "./families.ts";
import type { UserObject } from "./object.ts";
import { namesOf, readRefreshToken, refreshTokenFor, type UserKeys } from "./refresh-token.ts";

export type { Grant } from "./families.ts";

type Users = Pick<Env, "USERS">;

/** What a user's object can be asked; the stub's own type does not carry unions of results. */
type UserCalls = Pick<UserObject, "begin" | "refresh" | "stateOf" | "end">;

/** The grants of one user, by their ids. */
export function userOf(env: Users, keys: UserKeys, sub: string) {
  const names = namesOf(keys, sub);
  const [current] = names;

  return {
    /**
     * Stores the grant: one row, and one for the alarm where the user has no other.
     *
     * @returns a refresh token if its scope has `offline_access`; also for one that was ended before
     * it began, of which nothing is stored and no token is good; or `unavailable`
     */
    async begin(grant: Grant): Promise<{ readonly refreshToken?: string } | Refusal> {
      const begun = await ask(env, current, (user) => user.begin(grant));
      if (isRefusal(begun)) return begun;
      const { newest: number } = begun;
      if (number === undefined) return {};
      const token = { object: current, grantId: grant.id, number };
      return { refreshToken: refreshTokenFor(keys.refresh, token) };
    },

    /** @returns the grant while it is going on; else `bad_grant`, or `unavailable` */
    async stateOf(grantId: string): Promise<{ readonly grant: Grant } | Refusal> {
      let answer: { readonly grant: Grant } | Refusal = refuse("bad_grant");
      for (const name of names) {
        answer = await ask(env, name, (user) => user.stateOf(grantId));
        if (!isRefusal(answer) || answer.reason !== "grant_unknown") break;
      }
      return answer;
    },

    /**
     * Ends the grant and all its tokens; also one that is only about to begin, as after a second
     * use of its code.
     *
     * @returns `unavailable` where that could not be done
     */
    async end(grantId: string): Promise<Refusal | undefined> {
      const asked = names.map((name) => ask(env, name, (user) => user.end(grantId)));
      return (await Promise.all(asked)).find(isRefusal);
    },
  };
}

/**
 * Rotates a refresh token. The same one again within REFRESH_GRACE_S gets the same successor.
 *
 * @returns the grant and the successor; or `bad_grant` if the token is not ours, not this
 * client's, or its grant is over; or if it was used before, which ends the grant (the reason is
 * `refresh_reused`); or `unavailable`
 */
export async function refresh(
  env: Users,
  keys: UserKeys,
  token: string,
  clientId: string,
): Promise<{ readonly grant: Grant; readonly refreshToken: string } | Refusal> {
  const read = readRefreshToken(keys, token);
  if (isRefusal(read)) return read;
  const { object, grantId, number, ring } = read;
  const answer = await ask(env, object, (user) => user.refresh(grantId, number, clientId));
  if (isRefusal(answer)) return answer;
  const { grant, next } = answer;
  return { grant, refreshToken: refreshTokenFor(ring, { object, grantId, number: next }) };
}

/** @returns the grant of a refresh token that is good for a successor; else as `refresh` */
export async function grantOf(
  env: Users,
  keys: UserKeys,
  token: string,
  clientId: string,
): Promise<{ readonly grant: Grant } | Refusal> {
  const read = readRefreshToken(keys, token);
  if (isRefusal(read)) return read;
  const { object, grantId, number } = read;
  return ask(env, object, (user) => user.stateOf(grantId, { number, clientId }));
}

/**
 * Ends the grant of a refresh token, whichever of its family it is (RFC 7009).
 *
 * @returns `bad_grant` for what is not ours, not this client's or over anyway; or `unavailable`
 */
export async function revoke(
  env: Users,
  keys: UserKeys,
  token: string,
  clientId: string,
): Promise<Refusal | undefined> {
  const read = readRefreshToken(keys, token);
  if (isRefusal(read)) return read;
  return ask(env, read.object, (user) => user.end(read.grantId, clientId));
}

function ask<T>(
  { USERS }: Users,
  name: string,
  question: (user: UserCalls) => Promise<T>,
): Promise<T | Refusal> {
  return askObject<UserCalls, T>(() => USERS.getByName(name), question);
}
