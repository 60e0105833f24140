/** The Worker as `wrangler deploy` would upload it, served by plain workerd with storage on disk. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { compatibilityOf, compatibilityText } from "../support/compatibility.ts";
import { freePort } from "../support/free-port.ts";

const root = join(import.meta.dirname, "../..");
const STARTS_WITHIN_MS = 20_000;

export interface Workerd {
  readonly origin: string;
  readonly pid: number;
  /** Where the objects' storage is. */
  readonly storage: string;
  /** Ends it. What it stored stays. */
  readonly stop: () => Promise<void>;
  readonly remove: () => void;
}

/** @param vars the deployment's variables, SECRET among them */
export async function serve(vars: Readonly<Record<string, string>>): Promise<Workerd> {
  const folder = mkdtempSync(join(tmpdir(), "scan-login-soak-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  await bundle(join(folder, "bundle"));
  const port = await freePort("127.0.0.1");
  const storage = mkdtempSync(join(folder, "storage-"));
  const config = join(folder, "config.capnp");
  writeFileSync(config, configOf(port, storage, vars));

  const { default: binary } = createRequire(import.meta.url)("workerd") as { default: string };
  // Storage on local disk is what the flag is for.
  const child = spawn(binary, ["serve", "--experimental", config, "config"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error("workerd could not be started");
  process.once("exit", () => child.kill("SIGKILL"));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)));

  const until = Date.now() + STARTS_WITHIN_MS;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || Date.now() > until) {
      throw new Error(`workerd did not start:\n${said}`);
    }
    await sleep(50);
  }
  const stop = async () => {
    child.kill("SIGTERM");
    await Promise.race([ended, sleep(5000)]);
    child.kill("SIGKILL");
    await ended;
  };
  return { origin: `http://localhost:${port}`, pid, storage, stop, remove };
}

async function bundle(outdir: string): Promise<void> {
  const wrangler = join(root, "node_modules/wrangler/bin/wrangler.js");
  const args = [wrangler, "deploy", "--dry-run", "--outdir", outdir];
  const run = spawn(process.execPath, args, {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, CI: "true", WRANGLER_SEND_METRICS: "false" },
  });
  const code = await new Promise((resolve) => run.once("exit", resolve));
  if (code !== 0) throw new Error("the Worker could not be bundled");
}

/** Cap'n Proto's text form escapes strings as JSON does. Files are embedded from beside the config. */
function configOf(port: number, storage: string, vars: Readonly<Record<string, string>>): string {
  const compatibility = compatibilityOf(readFileSync(join(root, "wrangler.toml"), "utf8"));
  const scripts = readdirSync(join(storage, "../bundle")).filter((file) => file.endsWith(".js"));
  const bindings = Object.entries(vars).map(
    ([name, value]) => `(name = ${JSON.stringify(name)}, text = ${JSON.stringify(value)})`,
  );
  const modules = scripts.map((file) => `(name = "${file}", esModule = embed "bundle/${file}")`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = (
      modules = [${modules.join(", ")}],
      ${compatibilityText(compatibility)},
      bindings = [
        (name = "LOGIN", durableObjectNamespace = "LoginObject"),
        ${bindings.join(",\n        ")}
      ],
      globalOutbound = "loopback",
      durableObjectNamespaces = [
        (className = "LoginObject", uniqueKey = "login", enableSql = true)
      ],
      durableObjectStorage = (localDisk = "storage"))),
    (name = "loopback", network = (allow = ["local"])),
    (name = "storage", disk = (path = ${JSON.stringify(storage)}, writable = true))
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:${port}", http = (), service = "worker")
  ]
);
`;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
