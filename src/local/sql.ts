import { hashPassword } from "../identity/password.ts";

export interface NewAccount {
  readonly sub: string;
  readonly username: string;
  readonly password: string;
  readonly name: string;
  readonly avatar: string | null;
  readonly status: "active" | "disabled" | "deleted";
}

/** One statement that adds the accounts, and leaves alone those that are there. */
export async function insertAccounts(accounts: readonly NewAccount[]): Promise<string> {
  const rows = await Promise.all(
    accounts.map(async ({ sub, username, password, name, avatar, status }) => {
      const row = [sub, username, await hashPassword(password), name, avatar, status];
      return `(${row.map(literal).join(", ")})`;
    }),
  );
  const columns = "sub, username, password_hash, name, avatar, status";
  return `INSERT INTO accounts (${columns}) VALUES ${rows.join(", ")} ON CONFLICT DO NOTHING;`;
}

function literal(value: string | null): string {
  return value === null ? "NULL" : `'${value.replaceAll("'", "''")}'`;
}
