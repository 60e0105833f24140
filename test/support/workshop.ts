/** A folder in which the README's commands can be run, and change nothing of the real one. */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);

export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), "scan-login-workshop-"));

  constructor() {
    for (const name of ["package.json", "wrangler.toml", "src", "public", "migrations"]) {
      cpSync(join(root, name), join(this.folder, name), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
  }

  /**
   * @param input what is typed meanwhile
   * @returns what was printed, or throws where a line fails
   */
  async sh(lines: string, input = ""): Promise<string> {
    const running = run("sh", ["-eu", "-c", lines], { cwd: this.folder, env: process.env });
    running.child.stdin?.end(input);
    return (await running).stdout;
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
