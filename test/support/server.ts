/** scan-login as `npm start` runs it, with storage and ports of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { defaultSettings } from "./default-settings.ts";
import { freePort } from "./free-port.ts";

const root = join(import.meta.dirname, "../..");
const READY_WITHIN_MS = 90_000;
const ANSWER_WITHIN_MS = 5000;
const STOP_WITHIN_MS = 10_000;
const OUTPUT_MAX_CHARS = 20_000;

/** Names a folder that the first `npm start` of a run has filled: later ones need not do that again. */
export const PREPARED_STORAGE = "SCAN_LOGIN_PREPARED_STORAGE";

/** One deployment on this machine. It can be ended and started again on the same storage. */
export class Server {
  readonly port: number;
  readonly origin: string;
  /** Where its database and its objects are. */
  readonly storage = newStorage();
  readonly #command: readonly string[];
  readonly #args: string[];
  #process: ChildProcess | undefined;
  #output = "";
  readonly #lastResort = () => this.#signal("SIGKILL");

  private constructor(
    port: number,
    inspectorPort: number,
    vars: Record<string, string>,
    command: readonly string[],
  ) {
    this.port = port;
    this.origin = `http://localhost:${port}`;
    this.#command = command;
    this.#args = [
      `--port=${port}`,
      `--inspector-port=${inspectorPort}`,
      `--persist-to=${this.storage}`,
      ...Object.entries({ ...defaultSettings, ...vars }).map(
        ([name, value]) => `--var=${name}:${value}`,
      ),
    ];
  }

  /**
   * @param vars variables of the deployment, where they are not the defaults: `SCAN_WITHIN_S: "3"`
   * @param command what starts it, if not Node itself; arguments are added at its end
   */
  static async start(
    vars: Record<string, string> = {},
    command: readonly string[] = [process.execPath, join(root, "src/local/start.ts")],
  ): Promise<Server> {
    const [port, inspectorPort] = await Promise.all([freePort(), freePort()]);
    const server = new Server(port, inspectorPort, vars, command);
    await server.start();
    return server;
  }

  /** Comes back once it answers; throws with what it printed if it does not. */
  async start(): Promise<void> {
    const [program = "", ...args] = [...this.#command, ...this.#args];
    const child = spawn(program, args, {
      cwd: root,
      // A group of its own, so that its children can be ended with it.
      detached: process.platform !== "win32",
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, FORCE_COLOR: "0" },
    });
    this.#process = child;
    this.#output = "";
    // Should the test run be broken off, nothing of ours stays behind.
    process.once("exit", this.#lastResort);
    const keep = (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString()).slice(-OUTPUT_MAX_CHARS);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const until = Date.now() + READY_WITHIN_MS;
    while (!(await this.#answers())) {
      if (!isRunning(child) || Date.now() > until) {
        await this.kill();
        throw new Error(`scan-login did not start:\n${this.#output}`);
      }
      await sleep(100);
    }
  }

  /** Asks it to end, as Ctrl-C does, and waits until it has. The storage stays. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** Ends it without a word, as a power cut does. The storage stays. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Ends it for good. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.storage, { recursive: true, force: true });
  }

  /** Of what was started, and of the group of all that this started in turn. */
  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error("scan-login is not running");
    return pid;
  }

  /** The last it printed, for a failed test. */
  get output(): string {
    return this.#output;
  }

  async #answers(): Promise<boolean> {
    // Its own word first: somebody else's server may answer at a port that is taken.
    if (!this.#output.includes("Ready on")) return false;
    try {
      const { status } = await fetch(`${this.origin}/me`, {
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      return status === 401;
    } catch {
      return false;
    }
  }

  async #end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    const ended = isRunning(child)
      ? new Promise((resolve) => child.once("exit", resolve))
      : Promise.resolve();
    if (signal === "SIGTERM") child.kill(signal);
    else this.#signal(signal);
    await Promise.race([ended, sleep(STOP_WITHIN_MS, undefined, { ref: false })]);
    // Whatever outlived its parent.
    this.#signal("SIGKILL");
    process.off("exit", this.#lastResort);
    this.#process = undefined;
  }

  /** To the process and its children, by their group's id. */
  #signal(signal: "SIGKILL"): void {
    const pid = this.#process?.pid;
    if (pid === undefined) return;
    try {
      if (process.platform === "win32") this.#process?.kill(signal);
      else process.kill(-pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

function newStorage(): string {
  const storage = mkdtempSync(join(tmpdir(), "scan-login-test-"));
  const prepared = process.env[PREPARED_STORAGE];
  if (prepared !== undefined) cpSync(prepared, storage, { recursive: true });
  return storage;
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}
