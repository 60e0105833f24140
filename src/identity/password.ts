/**
 * Password hashes: scrypt (RFC 7914) at the cost OWASP's password storage page gives for 32 MiB,
 * written in the style of a PHC string, so that the cost can rise later without touching old rows.
 */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

interface Cost {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

const cost: Cost = { ln: 15, r: 8, p: 3 };
const phc = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w-]{22})\$([\w-]{43})$/;
const HASH_BYTES = 32;
/** No check takes longer; a clock that was set in the middle of one may say so. */
const HELD_MAX_MS = 1000;
/** Of the 128 MB that one isolate has. */
const MEMORY_MAX_BYTES = 64 * 1024 * 1024;

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, cost);
  const { ln, r, p } = cost;
  return `$scrypt$ln=${ln},r=${r},p=${p}$${salt.toString("base64url")}$${hash.toString("base64url")}`;
}

/** A hash that is not readable matches no password. */
export async function passwordMatches(password: string, hash: string): Promise<boolean> {
  const [, ln, r, p, salt, expected] = phc.exec(hash) ?? [];
  if (salt === undefined || expected === undefined) return false;
  const at = { ln: Number(ln), r: Number(r), p: Number(p) };
  try {
    const actual = await timed(() => derive(password, Buffer.from(salt, "base64url"), at));
    return timingSafeEqual(actual, Buffer.from(expected, "base64url"));
  } catch {
    // A cost that scrypt does not know, or that would not fit into memory.
    return false;
  }
}

/** Nobody's: what a missing account's password is held against, for the same work. */
export const nobodysHash = `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${"A".repeat(22)}$${"A".repeat(43)}`;

/** Of the longest recent check. The guess before the first is high: a first crowd must not hold all. */
let heldMs = 500;

/**
 * For how many milliseconds a check holds the isolate's thread. `scrypt` takes a callback, but
 * workerd computes it on the spot: nothing else that the isolate is asked runs meanwhile.
 */
export function threadHeldMs(): number {
  return heldMs;
}

async function timed<T>(work: () => Promise<T>): Promise<T> {
  const from = Date.now();
  try {
    return await work();
  } finally {
    // A deployed Worker's clock stands still while it computes; a timer moves it on.
    await sleep(0);
    const tookMs = Math.min(HELD_MAX_MS, Math.max(0, Date.now() - from));
    heldMs = Math.max(tookMs, heldMs / 2);
  }
}

function derive(password: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> {
  const N = 2 ** ln;
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, key: Buffer) => (error ? reject(error) : resolve(key));
    scrypt(
      password.normalize("NFKC"),
      salt,
      HASH_BYTES,
      { N, r, p, maxmem: MEMORY_MAX_BYTES },
      done,
    );
  });
}
