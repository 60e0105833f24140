/** Prints findings as they come and writes them all as Markdown and JSON. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Setting } from "./machine.ts";
import { markdownOf, plainOf, type Findings, type Table, type Verdict } from "./table.ts";
import { projectDir } from "./bundle.ts";

export class Report {
  readonly failures: string[] = [];
  #tables: Table[] = [];
  #verdicts: Verdict[] = [];
  #skipped: string[] = [];

  /** Runs one measurement; one that fails is told and stops none of the others. */
  async add(name: string, measure: () => Promise<Findings>): Promise<void> {
    process.stdout.write(`\n… ${name}\n`);
    const began = performance.now();
    try {
      const { tables, verdicts = [] } = await measure();
      for (const table of tables) {
        if (table.rows.length === 0) this.failures.push(`${table.title}: no row`);
        process.stdout.write(`${plainOf(table)}\n`);
      }
      this.#tables.push(...tables);
      this.#verdicts.push(...verdicts);
      process.stdout.write(`  (${Math.round((performance.now() - began) / 1000)} s)\n`);
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.failures.push(`${name}: ${reason}`);
      process.stdout.write(`\n${name}: FAILED\n${reason}\n`);
    }
  }

  skip(name: string, reason: string): void {
    this.#skipped.push(`${name}: skipped, ${reason}`);
    process.stdout.write(`\n${name}: skipped, ${reason}\n`);
  }

  /** @returns where it was written, without the file's ending */
  write(name: string, setting: Setting): string {
    const verdicts: Table = {
      title: "What must come out",
      columns: { promise: "promise", found: "found", holds: "holds" },
      rows: this.#verdicts.map((verdict) => ({ ...verdict, holds: verdict.holds ? "yes" : "NO" })),
      notes: [
        ...this.#skipped,
        ...this.failures.map((failure) => `failed: ${failure.split("\n")[0]}`),
      ],
    };
    process.stdout.write(`${plainOf(verdicts)}\n`);
    const dir = join(projectDir, "bench/results");
    mkdirSync(dir, { recursive: true });
    const path = join(dir, name);
    const head = [
      "# Benchmark of scan-login",
      "",
      `${setting.date.slice(0, 16).replace("T", " ")} UTC on ${setting.machine}.`,
      `${Object.entries(setting.versions)
        .map(([what, version]) => `${what} ${version}`)
        .join(", ")}.`,
      "",
      "How each figure is taken, and what it does not tell: [README](../README.md).",
      "",
    ].join("\n");
    writeFileSync(`${path}.md`, [head, ...[verdicts, ...this.#tables].map(markdownOf)].join("\n"));
    const all = {
      setting,
      verdicts: this.#verdicts,
      skipped: this.#skipped,
      failures: this.failures,
      tables: this.#tables,
    };
    writeFileSync(`${path}.json`, `${JSON.stringify(all, undefined, 2)}\n`);
    return path;
  }
}
