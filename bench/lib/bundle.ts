/** Bundles a Worker as `wrangler deploy` would, and tells what the bundle is made of. */
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { run } from "./children.ts";
import { newDir } from "./work-dir.ts";

export const projectDir = fileURLToPath(new URL("../../", import.meta.url));
export const projectRequire = createRequire(join(projectDir, "package.json"));
export const wranglerPath = join(
  dirname(projectRequire.resolve("wrangler/package.json")),
  "bin/wrangler.js",
);

export interface ObjectClass {
  readonly binding: string;
  readonly className: string;
}

export interface Bundle {
  readonly path: string;
  readonly bytes: number;
  readonly gzipBytes: number;
  /** The classes of its objects, and what they are bound as. */
  readonly objects: readonly ObjectClass[];
  /** Bytes of the bundle by where they come from: a package, a room of `src`, a face. */
  readonly parts: ReadonlyMap<string, number>;
}

/**
 * @param config a wrangler.toml; what is bundled is what `wrangler deploy` would upload
 * @param readable leave functions their names, for a profile to tell them by
 */
export async function bundle(config: string, readable = false): Promise<Bundle> {
  const outdir = newDir("bundle");
  const args = ["deploy", "--dry-run", "--metafile", "--outdir", outdir, "--config", config];
  if (readable) args.push("--minify=false");
  await run(process.execPath, [wranglerPath, ...args], dirname(config));
  const scripts = readdirSync(outdir).filter((file) => file.endsWith(".js"));
  const [script] = scripts;
  if (script === undefined || scripts.length !== 1) {
    throw new Error(`expected one script in the bundle, found: ${scripts.join(", ")}`);
  }
  const path = join(outdir, script);
  const source = readFileSync(path);
  return {
    path,
    bytes: source.length,
    gzipBytes: gzipSync(source, { level: 9 }).length,
    objects: objectsOf(readFileSync(config, "utf8")),
    parts: partsOf(JSON.parse(readFileSync(join(outdir, "bundle-meta.json"), "utf8")) as Meta),
  };
}

function objectsOf(toml: string): ObjectClass[] {
  const bound = /^\[\[durable_objects\.bindings\]\]\s+name = "(.+?)"\s+class_name = "(.+?)"/gm;
  return [...toml.matchAll(bound)].map(([, binding = "", className = ""]) => ({
    binding,
    className,
  }));
}

/** What esbuild says of a bundle. */
interface Meta {
  readonly outputs: Readonly<Record<string, Output>>;
}
interface Output {
  readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
}

function partsOf({ outputs }: Meta): Map<string, number> {
  const parts = new Map<string, number>();
  for (const [input, { bytesInOutput }] of Object.values(outputs).flatMap(inputsOf)) {
    const part = partOf(input);
    parts.set(part, (parts.get(part) ?? 0) + bytesInOutput);
  }
  return parts;
}

const inputsOf = ({ inputs }: Output) => Object.entries(inputs);

function partOf(input: string): string {
  const [, packaged] = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
  if (packaged !== undefined) return packaged;
  const [, room] = /^(src\/faces\/[^/]+|src\/[^/]+)\//.exec(input) ?? [];
  return room ?? "src, the rest";
}
