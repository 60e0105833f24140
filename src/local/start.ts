/**
 * `npm start`: scan-login on this machine, ready to be tried. Makes secrets and demo accounts if
 * there are none, then hands over to `wrangler dev`, along with the arguments given; and runs a demo
 * site on another port, whose users sign in through it.
 *
 * Every wrangler command here says `--local`: nothing in this file can reach a deployed database.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { demoAccounts } from "./accounts.ts";
import { demoClient, type DemoClient } from "./demo-client.ts";
import { startDemoSite } from "./demo-site.ts";
import { localSecrets } from "./local-secrets.ts";
import { isPrepared, notePrepared } from "./prepared.ts";
import { insertAccounts } from "./sql.ts";

const root = join(import.meta.dirname, "../..");
const wrangler = join(root, "node_modules/wrangler/bin/wrangler.js");
/** How often we look whether what started us is still there. */
const PARENT_LOOK_MS = 500;
const given = process.argv.slice(2);
const { values: flags } = parseArgs({
  args: given,
  strict: false,
  options: { ip: { type: "string" }, "persist-to": { type: "string" } },
});
const persistTo = typeof flags["persist-to"] === "string" ? flags["persist-to"] : undefined;
const persist = persistTo === undefined ? [] : ["--persist-to", persistTo];

/** The wrangler command that runs for us, and ends with us. */
let command: ChildProcess | undefined;
let isEnding = false;
endWithWhatStartedUs();

try {
  const { signingKeys, demoSecret } = await localSecrets(join(root, ".dev.vars"));
  const client = demoClient(demoSecret);
  if (!isPrepared(persistTo, client.sql)) await prepare(client.sql);
  serve(signingKeys, client);
} catch (error) {
  if (!isEnding) throw error;
}

async function prepare(clientSql: string): Promise<void> {
  await runQuietly("d1", "migrations", "apply", "DB", "--local", ...persist);
  await runSql(`${await insertAccounts(demoAccounts)}\n${clientSql}`);
  notePrepared(persistTo, clientSql);
}

async function runSql(sql: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "scan-login-"));
  const file = join(folder, "demo.sql");
  try {
    writeFileSync(file, sql);
    await runQuietly("d1", "execute", "DB", "--local", "--file", file, ...persist);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function serve(signingKeys: string, client: DemoClient): void {
  // Of .dev.vars wrangler takes only what wrangler.toml requires, and no deployment requires these.
  const vars = ["--var", `SIGNING_KEYS:${signingKeys}`];
  const dev = run(["dev", "--show-interactive-dev-session=false", ...vars, ...given], "inherit");
  let isReady = false;
  dev.stdout?.on("data", (chunk: Buffer) => {
    process.stdout.write(chunk);
    const [, port] = /Ready on \S+:(\d+)/.exec(chunk.toString()) ?? [];
    if (port === undefined || isReady) return;
    isReady = true;
    void openUp(port, client);
  });
  dev.on("exit", (code) => process.exit(code ?? 0));
}

/**
 * npm passes a signal on to its shell alone, and a shell may end without passing it on to us, as
 * Debian's does. All that we see of that is another parent.
 */
function endWithWhatStartedUs(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => end(signal));
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    end("SIGTERM");
  }, PARENT_LOOK_MS);
  look.unref();
}

function end(signal: NodeJS.Signals): void {
  isEnding = true;
  command?.kill(signal);
}

/** Starts the demo site, and says where everything is. */
async function openUp(port: string, client: DemoClient): Promise<void> {
  const open = flags.ip === "0.0.0.0" || flags.ip === "::" || flags.ip === "*";
  const lan = open ? lanAddresses().map((address) => `http://${address}:${port}`) : [];
  const site = await startDemoSite({
    // A phone scans what this address says.
    issuer: lan[0] ?? `http://localhost:${port}`,
    clientId: client.id,
    clientSecret: client.secret,
    port: Number(port) + 1,
  });
  const phone = open
    ? lan.map((url) => `  With a phone      ${url}  (open this on the computer too)`)
    : ["  With a phone      start again with: npm start -- --ip 0.0.0.0"];
  const accounts = demoAccounts
    .filter(({ status }) => status === "active")
    .map(({ username, password }) => `${username} / ${password}`);
  const lines = [
    `  On this computer  http://localhost:${port}`,
    ...phone,
    `  Demo accounts     ${accounts.join(" and ")}`,
    `  Demo site         ${site}  (signs its users in here)`,
  ];
  process.stdout.write(`\n${lines.join("\n")}\n\n`);
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
    const quiet = run(args, "pipe");
    let said = "";
    quiet.stdout?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    quiet.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    quiet.on("exit", (code) => {
      // What was broken off may say that all is well.
      if (code === 0 && !isEnding) return resolve();
      reject(new Error(`wrangler ${args.join(" ")} failed:\n${said}`));
    });
  });
}

/** @param stderr where its complaints go */
function run(args: string[], stderr: "pipe" | "inherit"): ChildProcess {
  if (isEnding) throw new Error("scan-login was told to end");
  command = spawn(process.execPath, [wrangler, ...args], {
    cwd: root,
    env: environment(),
    stdio: ["ignore", "pipe", stderr],
  });
  return command;
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
