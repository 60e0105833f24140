/** On what, with what and when it was measured. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { projectDir } from "./bundle.ts";
import { workerdPath } from "./workerd.ts";
import { redisVersion } from "../servers/redis.ts";

export interface Setting {
  readonly date: string;
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
}

export function setting(chromium: string | undefined): Setting {
  const gib = Math.round(totalmem() / 2 ** 30);
  const versions: Record<string, string> = {
    node: process.versions.node,
    workerd: said(workerdPath, "--version").replace(/^workerd /, ""),
    "redis-server": redisVersion() ?? "not installed",
    chromium: (chromium && said(chromium, "--version", "--no-sandbox")) || "not installed",
  };
  for (const name of ["wrangler", "hono", "jose", "qrcode-svg", "jsqr"]) {
    versions[name] = versionIn(join(projectDir, "node_modules", name));
  }
  const peers = ["oidc-provider", "better-auth", "ws", "redis", "socket.io", "qrcodejs"];
  for (const name of [...peers, "@undecaf/zbar-wasm"]) {
    versions[name] = versionIn(join(projectDir, "bench/node_modules", name));
  }
  return {
    date: new Date().toISOString(),
    machine: `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, ${gib} GiB, Linux ${release()}`,
    versions,
  };
}

function said(command: string, ...args: string[]): string {
  try {
    return execFileSync(command, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "";
  }
}

function versionIn(dir: string): string {
  const manifest = JSON.parse(readFileSync(join(dir, "package.json"), "utf8")) as {
    version: string;
  };
  return manifest.version;
}
