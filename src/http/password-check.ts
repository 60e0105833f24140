/**
 * The one door by which a password comes in, whichever call it is sent to.
 *
 * Checking one holds the isolate's thread for a good part of a second, so a few addresses that guess
 * could keep everybody else waiting. Three things hold them: an address that was wrong too often is
 * refused unlooked-at; checks take turns and so have a share of the thread's time only; and a network
 * that was wrong before has turns of its own, so that guessing takes none from anybody else.
 */
import { HELD_BACK, PASSWORD_SHARE, PASSWORD_WAIT_MAX_MS, SUSPECTS } from "../core/limits.ts";
import { isRefusal, refuse, type Refusal } from "../core/refusal.ts";
import type { User } from "../core/user.ts";
import { checkCredentials, type CredentialsRefusal } from "../identity/accounts.ts";
import { threadHeldMs } from "../identity/password.ts";
import type { Ctx } from "./context.ts";
import { addressOf, FLOOD_PERIOD_S, isOver, type Limit } from "./flood.ts";
import { networksOf, type Networks } from "./networks.ts";
import { Suspicion } from "./suspicion.ts";
import { Turns } from "./turns.ts";

const suspicion = new Suspicion();
const turns = {
  others: new Turns(PASSWORD_SHARE.others, PASSWORD_WAIT_MAX_MS.others),
  suspects: new Turns(PASSWORD_SHARE.suspects, PASSWORD_WAIT_MAX_MS.suspects),
} as const;

/** For each of an address's networks: a wrong password is counted for all of them. */
const limits: readonly Limit[] = ["PASSWORD_LIMIT", "PASSWORD_LIMIT_56", "PASSWORD_LIMIT_48"];

/**
 * @returns the user; or what `checkCredentials` refuses with; or `rate_limited`, after too many
 * wrong ones from this address's networks, or `unavailable`, if too many are being checked, both
 * without a look at the password and without counting anything against the account
 */
export async function checkPassword(
  c: Ctx,
  username: string,
  password: string,
): Promise<User | Refusal<CredentialsRefusal>> {
  const networks = networksOf(addressOf(c));
  const refusal = await turnFor(networks, Date.now());
  if (refusal) return refusal;
  const user = await checkCredentials(c.env.DB, username, password);
  if (isRefusal(user) && user.refused !== "unavailable") await countWrong(c, networks);
  return user;
}

/** Comes back when it is this one's turn; or with the refusal. */
async function turnFor(
  networks: Networks,
  now: number,
): Promise<Refusal<"rate_limited" | "unavailable"> | undefined> {
  const refusedMs = suspicion.refusedForMs(networks, now);
  if (refusedMs > 0) {
    await holdBack(now, HELD_BACK.guessersMs);
    return refuse("rate_limited", { reason: "guessing", retryAfterS: inSeconds(refusedMs) });
  }
  const isSuspect = suspicion.isSuspect(networks, now);
  const turn = turns[isSuspect ? "suspects" : "others"].take(now, threadHeldMs());
  if (turn.given) {
    if (turn.inMs > 0) await scheduler.wait(turn.inMs);
    return undefined;
  }
  if (suspicion.comesTooSoon(networks[0], now)) {
    suspicion.mark(networks, now, now + SUSPECTS.impatientMs);
  }
  await holdBack(now, isSuspect ? HELD_BACK.guessersMs : 0);
  const retryAfterS = inSeconds(turn.inMs);
  const told = Date.now();
  suspicion.tellToCome(networks[0], told, told + retryAfterS * 1000);
  return refuse("unavailable", { reason: "passwords_busy", retryAfterS });
}

/**
 * The bindings count when they are asked, and cannot be asked without counting. So they are asked
 * after a wrong password only, and an isolate remembers whom they refused: a right password counts
 * against nobody, and each isolate checks at most one more of a network that another had refused.
 */
async function countWrong(c: Ctx, networks: Networks): Promise<void> {
  const now = Date.now();
  suspicion.mark(networks, now, now + SUSPECTS.wrongMs);
  await Promise.all(
    networks.map(async (network, i) => {
      const limit = limits[i];
      if (limit === undefined || !(await isOver(c, limit, network))) return;
      suspicion.refuse(network, now, now + FLOOD_PERIOD_S * 1000);
    }),
  );
}

const refusals = new Turns(1, HELD_BACK.queueMaxMs);

/**
 * Those who guess without pause ask again as soon as they are refused, and a few hundred of them
 * keep an isolate as busy as scrypt does. So refusals are sent one by one, and late to a network
 * that guesses. A request that waits costs memory, so past a limit its refusal comes at once.
 */
async function holdBack(now: number, leastMs: number): Promise<void> {
  const turn = refusals.take(now, 1000 / HELD_BACK.perS);
  if (turn.given) await scheduler.wait(leastMs + turn.inMs);
}

function inSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}
