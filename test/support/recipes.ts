/** The recipes of docs/OPENID.md, run as a reader would: with their own addresses in place of the examples'. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFailed, onTestFinished } from "vitest";
import { blocks, section } from "./docs.ts";
import { freePort } from "./free-port.ts";
import type { Server } from "./server.ts";

const root = join(import.meta.dirname, "../..");
const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 5000;

export interface Recipe {
  /** Where its site is to be. Another host than scan-login's, so browsers see another site. */
  readonly site: string;
  readonly port: string;
  readonly clientId: string;
  /** What its sites find in their environment, as each recipe says. */
  readonly env: Readonly<Record<string, string>>;
  /** Its code of one language. */
  code(language: string): string;
}

/** Reads a recipe, and adds its client to the server by the recipe's own command. */
export async function recipe(server: Server, heading: string): Promise<Recipe> {
  const [, below] = section("docs/OPENID.md", "Recipes").split(`\n### ${heading}\n`);
  if (below === undefined) throw new Error(`docs/OPENID.md has no recipe "${heading}"`);
  const port = String(await freePort("127.0.0.1"));
  const site = `http://127.0.0.1:${port}`;
  const clientId = `acme${port}`;
  const text = (below.split("\n### ")[0] ?? "")
    .replaceAll("https://login.example", server.origin)
    .replaceAll("https://acme.example", site)
    .replaceAll(/\bacme\b/g, clientId);
  const secret = addClient(server, blocks(text, "sh").join("\n"));
  return {
    site,
    port,
    clientId,
    env: { PORT: port, SCAN_SECRET: secret, SITE_SECRET: "tests-only-5vQ8mX2kZr7Lw9TnB4yJ6sHd" },
    code: (language) => blocks(text, language).join("\n"),
  };
}

/** @returns the secret that was made for it, if it has one */
function addClient(server: Server, command: string): string {
  const added = spawnSync("sh", ["-eu", "-c", command], { cwd: root, encoding: "utf8" });
  if (added.status !== 0) throw new Error(`${command}\n${added.stderr}`);
  const folder = join(server.storage, "v3/d1/miniflare-D1DatabaseObject");
  const file = readdirSync(folder).find((it) => /^[0-9a-f]+\.sqlite$/.test(it));
  const database = new DatabaseSync(join(folder, file ?? ""));
  try {
    database.exec(added.stdout);
  } finally {
    database.close();
  }
  const [, secret = ""] = /^([A-Za-z0-9]{43})$/m.exec(added.stderr) ?? [];
  return secret;
}

/** A site of a recipe, in a process of its own. It ends with its test. */
export class Site {
  /** Where its files are; it runs there. Packages of npm are found from it. */
  readonly folder = mkdtempSync(join(tmpdir(), "scan-login-site-"));
  readonly #recipe: Recipe;
  #process: ChildProcess | undefined;
  #output = "";
  readonly #lastResort = () => this.#process?.kill("SIGKILL");

  constructor(of: Recipe) {
    this.#recipe = of;
    symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
    process.once("exit", this.#lastResort);
    onTestFinished(() => this.#end());
    onTestFailed(() => console.error(`the site said\n${this.#output}`));
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** Comes back once it answers at its address; throws with what it printed if it does not. */
  async start(program: string, ...args: string[]): Promise<void> {
    const child = spawn(program, args, {
      cwd: this.folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...this.#recipe.env },
    });
    this.#process = child;
    const keep = (chunk: Buffer) => (this.#output += chunk.toString());
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", keep);
    const until = Date.now() + READY_WITHIN_MS;
    while (!(await this.#answers())) {
      if (child.exitCode !== null || Date.now() > until) {
        throw new Error(`the site did not start:\n${this.#output}`);
      }
      await sleep(50);
    }
  }

  #answers(): Promise<boolean> {
    return fetch(this.#recipe.site, { redirect: "manual" }).then(
      () => true,
      () => false,
    );
  }

  async #end(): Promise<void> {
    const child = this.#process;
    if (child !== undefined && child.exitCode === null) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await Promise.race([ended, sleep(STOP_WITHIN_MS, undefined, { ref: false })]);
      child.kill("SIGKILL");
    }
    process.off("exit", this.#lastResort);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
