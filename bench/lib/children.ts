/** Every process the bench starts, so that every one of them is stopped by its own id, also on failure. */
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { inWorkDir } from "./work-dir.ts";

const READY_WITHIN_MS = 20_000;
/** Short, as a cold start is measured by it. */
const LOOK_EVERY_MS = 2;

export interface Child {
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

export interface Start {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The loopback port that tells, by accepting, that the process is ready. */
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
}

const running = new Map<number, () => void>();

/** Starts a server and waits until it accepts connections; its output goes to a file of its own. */
export async function start({ name, command, args, port, env }: Start): Promise<Child> {
  const logPath = inWorkDir(`${name.replaceAll(/\W+/g, "-")}-${port}.log`);
  const log = openSync(logPath, "w");
  const child = spawn(command, args, {
    stdio: ["ignore", log, log],
    env: { ...process.env, NODE_ENV: "production", ...env },
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${name}: ${command} could not be started`);
  running.set(pid, () => child.kill("SIGKILL"));
  void ended.then(() => running.delete(pid));

  const readyBefore = Date.now() + READY_WITHIN_MS;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || Date.now() > readyBefore) {
      child.kill("SIGKILL");
      throw new Error(`${name} did not start:\n${readFileSync(logPath, "utf8").slice(-2000)}`);
    }
    await sleep(LOOK_EVERY_MS);
  }
  return {
    pid,
    async stop() {
      // Nothing a server holds outlives the run, so none is asked to finish first.
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Runs a program to its end. @returns what it wrote to both outputs; a non-zero exit throws */
export async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const child = spawn(command, args, {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", NO_COLOR: "1", CI: "1" },
  });
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  child.stderr.on("data", (data: Buffer) => (output += data.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${output}`);
  return output;
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

process.once("exit", () => {
  for (const kill of running.values()) kill();
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => process.exit(1));
}
