/** `npm run -s account`: its SQL is run on the tables of the migrations. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { passwordMatches } from "../../../src/identity/password.ts";
import { database } from "../../support/database.ts";

function account(password: string, ...args: string[]) {
  const options = { encoding: "utf8", input: `${password}\n` } as const;
  const run = spawnSync(process.execPath, ["src/local/account.ts", ...args], options);
  return { sql: run.stdout, said: run.stderr, code: run.status };
}

test("adds an account with its password hashed; an address is known and not verified unless it is said", async () => {
  const db = database();
  for (const args of [
    ["ada", "Ada O'Hara"],
    ["lin", "--email", "lin@site.example"],
    ["eve", "--email", "eve@site.example", "--email-verified"],
  ]) {
    const { sql, code } = account("correct horse", ...args);
    expect(code).toBe(0);
    expect(sql).not.toContain("correct horse");
    db.exec(sql);
  }
  const rows = db.prepare("SELECT * FROM accounts ORDER BY username").all();
  expect(rows).toMatchObject([
    { username: "ada", name: "Ada O'Hara", email: null, email_verified: 0, status: "active" },
    { username: "eve", name: "eve", email: "eve@site.example", email_verified: 1 },
    { username: "lin", name: "lin", email: "lin@site.example", email_verified: 0 },
  ]);
  expect(await passwordMatches("correct horse", String(rows[0]?.["password_hash"]))).toBe(true);
});

test.each([
  [["ada", "--email", "ada"], /^(Password: )?--email is one address/],
  [[], /^Usage:/],
  [["a".repeat(65)], /^Usage:/],
])("%j adds nobody and says why", (args, why) => {
  const { sql, said, code } = account("correct horse", ...args);
  expect([sql, code]).toEqual(["", 1]);
  expect(said).toMatch(why);
});
