/** Accounts for trying scan-login out, on this machine only. */
import type { NewAccount } from "./sql.ts";

export const demoAccounts: readonly NewAccount[] = [
  demo("ada", "Ada Lovelace", "/avatars/ada.svg"),
  demo("lin", "林小雨", "/avatars/lin.svg"),
  demo("dora", "Dora Disabled", null, "disabled"),
  demo("dan", "Dan Deleted", null, "deleted"),
];

function demo(
  username: string,
  name: string,
  avatar: string | null,
  status: NewAccount["status"] = "active",
): NewAccount {
  return {
    sub: `demo-${username}`,
    username,
    password: `${username}-demo`,
    name,
    avatar,
    status,
    email: `${username}@example.com`,
    emailVerified: true,
  };
}
