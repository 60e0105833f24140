/** Serves a bundled Worker with plain workerd. */
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { compatibilityOf, compatibilityText } from "../../test/support/compatibility.ts";
import { freePort } from "../../test/support/free-port.ts";
import { projectDir, projectRequire, type Bundle } from "./bundle.ts";
import { start, type Child } from "./children.ts";
import { newDir } from "./work-dir.ts";

export const workerdPath = (projectRequire("workerd") as { default: string }).default;

/** All parties on workerd run with the date and the flags that this project is deployed with. */
const deployedAs = compatibilityText(
  compatibilityOf(readFileSync(join(projectDir, "wrangler.toml"), "utf8")),
);

/** An idle object hibernates after ten seconds, and closes its files; by then all of them have. */
export const ASLEEP_AFTER_MS = 14_000;

export interface Serve {
  readonly name: string;
  readonly code: Bundle;
  readonly storage: "disk" | "memory";
  readonly vars?: Readonly<Record<string, string>>;
  /** A module that imports "./index.js", stands in front of it and exports what it exports. */
  readonly wrapper?: string;
  /** Modules that it imports by their file's name. */
  readonly beside?: readonly string[];
  /** Static files, served by a small Worker before the Worker proper, as the platform would. */
  readonly assetsDir?: string;
}

export interface Workerd extends Child {
  readonly origin: string;
  /** `ws:` address of the Worker's inspector. */
  readonly inspector: string;
}

export async function serve(options: Serve): Promise<Workerd> {
  const port = await freePort("127.0.0.1");
  const inspectorPort = await freePort("127.0.0.1");
  const dir = newDir("workerd");
  // workerd's own in-memory storage has no SQLite, so memory is a directory on a memory file system.
  const storageDir = newDir("storage", options.storage);
  const config = join(dir, "config.capnp");
  writeFileSync(config, configText(options, port, dir, storageDir));
  const child = await start({
    name: options.name,
    command: workerdPath,
    // Storage on local disk is behind this flag; nothing else here is.
    args: [
      "serve",
      "--experimental",
      config,
      "config",
      `--inspector-addr=127.0.0.1:${inspectorPort}`,
    ],
    port,
  });
  return {
    ...child,
    origin: `http://127.0.0.1:${port}`,
    inspector: `ws://127.0.0.1:${inspectorPort}/worker`,
  };
}

// Cap'n Proto's text format escapes strings as C does, which JSON's escapes are part of.
const text = (value: string) => JSON.stringify(value);

function configText(options: Serve, port: number, dir: string, storageDir: string): string {
  // Files to embed are looked up from the configuration file; absolute paths mean something else.
  const embed = (path: string) => `esModule = embed ${text(relative(dir, path))}`;
  const { code, wrapper, beside = [], assetsDir } = options;
  const main = `(name = "index.js", ${embed(code.path)})`;
  const front = wrapper && `(name = "wrapper.js", ${embed(wrapper)}), `;
  const others = beside.map((path) => `, (name = ${text(basename(path))}, ${embed(path)})`);
  const bindings = Object.entries(options.vars ?? {}).map(
    ([name, value]) => `(name = ${text(name)}, text = ${text(value)})`,
  );
  for (const { binding, className } of code.objects) {
    bindings.push(`(name = ${text(binding)}, durableObjectNamespace = ${text(className)})`);
  }
  const namespaces = code.objects.map(
    ({ className }) =>
      `(className = ${text(className)}, uniqueKey = ${text(className)}, enableSql = true)`,
  );
  const services = [
    `(name = "worker", worker = (
      modules = [${front ?? ""}${main}${others.join("")}],
      ${deployedAs},
      bindings = [${bindings.join(", ")}],
      globalOutbound = "loopback",
      durableObjectNamespaces = [${namespaces.join(", ")}],
      durableObjectStorage = (localDisk = "storage")))`,
    // The token issuer's keys are fetched from the bench itself; nothing else can be reached.
    `(name = "loopback", network = (allow = ["local"]))`,
    `(name = "storage", disk = (path = ${text(storageDir)}, writable = true))`,
  ];
  if (assetsDir) services.push(...assetServices(assetsDir, embed));
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [${services.join(",\n")}],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = ${text(assetsDir ? "site" : "worker")})]
);
`;
}

function assetServices(assetsDir: string, embed: (path: string) => string): string[] {
  const front = fileURLToPath(new URL("../servers/this-project/site.js", import.meta.url));
  return [
    `(name = "files", disk = (path = ${text(assetsDir)}))`,
    `(name = "site", worker = (
      modules = [(name = "site.js", ${embed(front)})],
      ${deployedAs},
      bindings = [(name = "FILES", service = "files"), (name = "WORKER", service = "worker")]))`,
  ];
}
