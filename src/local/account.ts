/**
 * `npm run -s account -- USERNAME "FULL NAME" [--email ADDRESS [--email-verified]]`: reads a
 * password from standard input and prints the SQL that adds the account. It prints only; what runs
 * the SQL, and where, is yours to say. Sites are told the address if they may ask for it.
 */
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { PASSWORD_MAX_CHARS, USERNAME_MAX_CHARS } from "../core/limits.ts";
import { profileFrom } from "../identity/profile.ts";
import { insertAccounts } from "./sql.ts";

const { values, positionals } = parseArgs({
  options: { email: { type: "string" }, "email-verified": { type: "boolean", default: false } },
  allowPositionals: true,
});
const [username = "", name = username] = positionals;
if (username === "" || username.length > USERNAME_MAX_CHARS) {
  stop('Usage: npm run -s account -- USERNAME "FULL NAME" [--email ADDRESS [--email-verified]]');
}
const { email } = profileFrom(values);
if (values.email !== undefined && email === undefined)
  stop("--email is one address: ada@site.example");
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
  email: email ?? null,
  emailVerified: values["email-verified"],
} as const;
console.log(await insertAccounts([account]));

function stop(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}
