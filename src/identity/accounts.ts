/** The built-in accounts: a table in D1, for trying scan-login out and for small sites. */
import { databaseAway } from "../core/database.ts";
import type { Ring } from "../core/keys.ts";
import { nameFrom } from "../core/name.ts";
import type { User } from "../core/user.ts";
import { isRefusal, refuse, type Refusal, type RefusalReason } from "../core/refusal.ts";
import { misconfigured, type Misconfigured } from "../core/settings.ts";
import { avatarOrNone } from "./avatar.ts";
import type { IdentityAdapter } from "./adapter.ts";
import { countAttempt, forgive } from "./lockout.ts";
import { nobodysHash, passwordMatches } from "./password.ts";
import { profileFrom } from "./profile.ts";
import { readToken } from "./tokens.ts";

export interface AccountsConfig {
  readonly kind: "accounts";
}

export function readAccounts(
  given: Readonly<Record<string, unknown>>,
): AccountsConfig | Misconfigured {
  if (given["DB"]) return { kind: "accounts" };
  return misconfigured("no D1 database is bound as DB.");
}

interface Row {
  readonly sub: string;
  readonly username: string;
  readonly name: string;
  readonly email: string | null;
  readonly email_verified: 0 | 1;
  readonly avatar: string | null;
  readonly status: "active" | "disabled" | "deleted";
}

const columns = "sub, username, name, email, email_verified, avatar, status";

/** Accepts the token that `POST /account/token` gives, for as long as the account is active. */
export function accountsIdentity(db: D1Database, ring: Ring): IdentityAdapter {
  return {
    async authenticate(token) {
      const read = await readToken(ring, token, Date.now());
      if (read === undefined) return refuse("unauthenticated", { reason: "token_invalid" });
      // A token lives for weeks; an account may be closed today.
      const row = await accountOf(db, read.user.sub).catch(databaseAway);
      if (isRefusal(row)) return row;
      if (row?.status !== "active")
        return refuse("unauthenticated", { reason: closed(row?.status) });
      return userOf(row);
    },
  };
}

export type CredentialsRefusal =
  | "bad_credentials"
  | "account_disabled"
  | "account_deleted"
  | "rate_limited"
  | "unavailable";

/**
 * @returns the user; or `bad_credentials`, for a wrong password and for a missing account alike
 * and after the same work; or `account_disabled` / `account_deleted`, to whoever knows the password;
 * or `rate_limited` after too many wrong ones, or `unavailable`
 */
export function checkCredentials(
  db: D1Database,
  username: string,
  password: string,
): Promise<User | Refusal<CredentialsRefusal>> {
  return check(db, username, password).catch(databaseAway);
}

async function check(
  db: D1Database,
  username: string,
  password: string,
): Promise<User | Refusal<CredentialsRefusal>> {
  const locked = await countAttempt(db, username, Date.now());
  if (locked) return locked;
  const row = await db
    .prepare(`SELECT ${columns}, password_hash FROM accounts WHERE username = ?`)
    .bind(username)
    .first<Row & { readonly password_hash: string }>();
  const matches = await passwordMatches(password, row?.password_hash ?? nobodysHash);
  if (row === null || !matches) {
    return refuse("bad_credentials", {
      reason: row === null ? "account_missing" : "password_wrong",
    });
  }
  await forgive(db, username);
  switch (row.status) {
    case "active":
      return userOf(row);
    case "disabled":
      return refuse("account_disabled");
    case "deleted":
      return refuse("account_deleted");
  }
}

function accountOf(db: D1Database, sub: string): Promise<Row | null> {
  return db.prepare(`SELECT ${columns} FROM accounts WHERE sub = ?`).bind(sub).first<Row>();
}

function closed(status: "disabled" | "deleted" | undefined): RefusalReason {
  return status === undefined ? "account_missing" : `account_${status}`;
}

function userOf({ sub, username, name, email, email_verified, avatar }: Row): User {
  const claims = { email, email_verified: email_verified === 1, preferred_username: username };
  return { sub, name: nameFrom(name, sub), ...avatarOrNone(avatar), ...profileFrom(claims) };
}
