/**
 * `npm start`: scan-login on this machine, ready to be tried. Makes a secret and demo accounts if
 * there are none, then hands over to `wrangler dev`, along with the arguments given.
 *
 * Every wrangler command here says `--local`: nothing in this file can reach a deployed database.
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { demoAccounts } from "./accounts.ts";
import { isPrepared, notePrepared } from "./prepared.ts";
import { insertAccounts } from "./sql.ts";

const root = join(import.meta.dirname, "../..");
const wrangler = join(root, "node_modules/wrangler/bin/wrangler.js");
const given = process.argv.slice(2);
const { values: flags } = parseArgs({
  args: given,
  strict: false,
  options: { ip: { type: "string" }, "persist-to": { type: "string" } },
});
const persistTo = typeof flags["persist-to"] === "string" ? flags["persist-to"] : undefined;
const persist = persistTo === undefined ? [] : ["--persist-to", persistTo];

makeSecret(join(root, ".dev.vars"));
if (!isPrepared(persistTo)) {
  await runQuietly("d1", "migrations", "apply", "DB", "--local", ...persist);
  await addDemoAccounts();
  notePrepared(persistTo);
}
serve();

/** A random secret for this machine, kept so that a restart signs nobody out. */
function makeSecret(file: string): void {
  const vars = existsSync(file) ? readFileSync(file, "utf8") : "";
  if (/^SECRET\s*=/m.test(vars)) return;
  const line = `SECRET="${randomBytes(32).toString("base64url")}"\n`;
  const gap = vars === "" || vars.endsWith("\n") ? "" : "\n";
  writeFileSync(file, vars + gap + line, { mode: 0o600 });
}

async function addDemoAccounts(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "scan-login-"));
  const file = join(folder, "demo.sql");
  try {
    writeFileSync(file, await insertAccounts(demoAccounts));
    await runQuietly("d1", "execute", "DB", "--local", "--file", file, ...persist);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function serve(): void {
  const dev = spawn(
    process.execPath,
    [wrangler, "dev", "--show-interactive-dev-session=false", ...given],
    {
      cwd: root,
      env: environment(),
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  dev.stdout.on("data", (chunk: Buffer) => {
    process.stdout.write(chunk);
    const [, port] = /Ready on \S+:(\d+)/.exec(chunk.toString()) ?? [];
    if (port !== undefined) process.stdout.write(whereToLook(port));
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => dev.kill(signal));
  dev.on("exit", (code) => process.exit(code ?? 0));
}

function whereToLook(port: string): string {
  const open = flags.ip === "0.0.0.0" || flags.ip === "::" || flags.ip === "*";
  const lan = open ? lanAddresses().map((address) => `http://${address}:${port}`) : [];
  const phone = open
    ? lan.map((url) => `  With a phone      ${url}  (open this on the computer too)`)
    : ["  With a phone      start again with: npm start -- --ip 0.0.0.0"];
  const accounts = demoAccounts
    .filter(({ status }) => status === "active")
    .map(({ username, password }) => `${username} / ${password}`);
  return [
    "",
    `  On this computer  http://localhost:${port}`,
    ...phone,
    `  Demo accounts     ${accounts.join(" and ")}`,
    "",
    "",
  ].join("\n");
}

function lanAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => address);
}

/** Shows what wrangler said only if it failed. */
function runQuietly(...args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const run = spawn(process.execPath, [wrangler, ...args], { cwd: root, env: environment() });
    let said = "";
    run.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    run.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    run.on("exit", (code) => {
      if (code === 0) return resolve();
      reject(new Error(`wrangler ${args.join(" ")} failed:\n${said}`));
    });
  });
}

/** Needs no network and asks no questions. */
function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    CI: "true",
    WRANGLER_SEND_METRICS: "false",
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
  };
}
