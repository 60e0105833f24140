/** Debian's redis-server on a spare port, with a directory of its own. */
import { spawnSync } from "node:child_process";
import { freePort } from "../../test/support/free-port.ts";
import { start, type Child } from "../lib/children.ts";
import { newDir } from "../lib/work-dir.ts";

export interface Redis extends Child {
  readonly port: number;
}

/** @returns what `redis-server --version` says, or undefined where it is not installed */
export function redisVersion(): string | undefined {
  const { error, stdout } = spawnSync("redis-server", ["--version"], { encoding: "utf8" });
  return error ? undefined : /v=([\d.]+)/.exec(stdout)?.[1];
}

/** @param durable append-only file, fsync before every answer; else nothing ever reaches the disk */
export async function startRedis(durable: boolean): Promise<Redis> {
  const port = await freePort("127.0.0.1");
  const child = await start({
    name: `redis${durable ? "-durable" : ""}`,
    command: "redis-server",
    args: Object.entries({
      "--port": String(port),
      "--bind": "127.0.0.1",
      "--dir": newDir("redis"),
      "--save": "",
      "--appendonly": durable ? "yes" : "no",
      "--appendfsync": "always",
    }).flat(),
    port,
  });
  return { ...child, port };
}
