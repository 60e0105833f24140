/** Accounts for trying scan-login out, on this machine only. */
export const demoAccounts = [
  { username: "ada", name: "Ada Lovelace", avatar: "/avatars/ada.svg", status: "active" },
  { username: "lin", name: "林小雨", avatar: "/avatars/lin.svg", status: "active" },
  { username: "dora", name: "Dora Disabled", avatar: null, status: "disabled" },
  { username: "dan", name: "Dan Deleted", avatar: null, status: "deleted" },
] as const;

export function demoPassword(username: string): string {
  return `${username}-demo`;
}
