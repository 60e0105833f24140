import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const pages = [
  "README.md",
  ...readdirSync(join(root, "docs")).map((file) => `docs/${file}`),
].filter((file) => file.endsWith(".md"));

/** What looks like a file or folder of ours: in code marks, in the tree, or as a link. */
const path = /(?<![\w./-])((?:src|test|public|docs|lint|bench|migrations)\/[\w./*-]*)/g;

test.each(pages)("every path that %s names exists", (page) => {
  const text = readFileSync(join(root, page), "utf8");
  const named = [...text.matchAll(path)].map(([, it = ""]) => it.replace(/[.*]+$/, ""));
  const missing = named.filter((it) => !existsSync(join(root, it)) && !hasTestOf(it));
  expect(missing).toEqual([]);
});

/** `test/worker/audit` stands for the file that begins so. */
function hasTestOf(name: string): boolean {
  const folder = join(root, name.slice(0, name.lastIndexOf("/")));
  const file = name.slice(name.lastIndexOf("/") + 1);
  if (!name.startsWith("test/") || !existsSync(folder)) return false;
  return readdirSync(folder).some((it) => it.startsWith(`${file}.`));
}
