/** What is written for people, as tests read it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

export function page(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** The part of a page below this heading, up to the next one of its rank. */
export function section(path: string, heading: string): string {
  const [, below] = page(path).split(`\n## ${heading}\n`);
  if (below === undefined) throw new Error(`${path} has no heading "${heading}"`);
  return below.split("\n## ")[0] ?? "";
}

/** The code of one language in a text, block by block. */
export function blocks(text: string, language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm");
  return [...text.matchAll(fence)].map(([, code = ""]) => code);
}
