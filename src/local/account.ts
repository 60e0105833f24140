/**
 * `npm run -s account -- USERNAME "FULL NAME"`: reads a password from standard input and prints
 * the SQL that adds the account. It prints only; what runs the SQL, and where, is yours to say.
 */
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline/promises";
import { PASSWORD_MAX_CHARS, USERNAME_MAX_CHARS } from "../core/limits.ts";
import { insertAccounts } from "./sql.ts";

const [username = "", name = username] = process.argv.slice(2);
if (username === "" || username.length > USERNAME_MAX_CHARS) {
  stop('Usage: npm run -s account -- USERNAME "FULL NAME"');
}
const input = createInterface({ input: process.stdin, output: process.stderr });
const password = await input.question("Password: ");
input.close();
if (password.length < 8 || password.length > PASSWORD_MAX_CHARS) {
  stop(`A password has 8 to ${PASSWORD_MAX_CHARS} characters.`);
}
const account = {
  sub: randomUUID(),
  username,
  password,
  name,
  avatar: null,
  status: "active",
} as const;
console.log(await insertAccounts([account]));

function stop(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}
