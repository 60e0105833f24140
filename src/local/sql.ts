import { hashPassword } from "../identity/password.ts";
import type { ClientRow } from "../sites/row.ts";

export interface NewAccount {
  readonly sub: string;
  readonly username: string;
  readonly password: string;
  readonly name: string;
  readonly avatar: string | null;
  readonly status: "active" | "disabled" | "deleted";
  readonly email: string | null;
  readonly emailVerified: boolean;
}

/** One statement that adds the accounts, and leaves alone those that are there. */
export async function insertAccounts(accounts: readonly NewAccount[]): Promise<string> {
  const rows = await Promise.all(
    accounts.map(async ({ sub, username, password, name, avatar, status, ...more }) => {
      const hash = await hashPassword(password);
      const isVerified = more.emailVerified ? 1 : 0;
      const row = [sub, username, hash, name, avatar, status, more.email, isVerified];
      return `(${row.map(literal).join(", ")})`;
    }),
  );
  const columns = "sub, username, password_hash, name, avatar, status, email, email_verified";
  return `INSERT INTO accounts (${columns}) VALUES ${rows.join(", ")} ON CONFLICT DO NOTHING;`;
}

/** One statement that adds the client, or fails where its id is taken. */
export function insertClient(row: ClientRow): string {
  return `INSERT ${into(row)}`;
}

/** One statement after which the client is as it says here, whatever was there. */
export function replaceClient(row: ClientRow): string {
  return `INSERT OR REPLACE ${into(row)}`;
}

export function removeClient(id: string): string {
  return `DELETE FROM clients WHERE id = ${literal(id)};`;
}

/** Without hashes and keys: who may ask, and whereto they are answered. */
export const listClients =
  "SELECT id, name, auth, grants, scopes, redirect_uris FROM clients ORDER BY id;";

function into(row: ClientRow): string {
  const values = Object.values<string | number | null>({ ...row }).map(literal);
  return `INTO clients (${Object.keys(row).join(", ")}) VALUES (${values.join(", ")});`;
}

function literal(value: string | number | null): string {
  if (typeof value !== "string") return String(value ?? "NULL");
  return `'${value.replaceAll("'", "''")}'`;
}
