import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { configOf } from "../../src/config.ts";
import { defaultSettings } from "../support/default-settings.ts";

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

test("README's table of variables is complete, and its defaults are what a deployment has", () => {
  const [, section = ""] = readFileSync(join(root, "README.md"), "utf8").split("## Configuration");
  const rows = [...section.matchAll(/^\| (`[A-Z_]+`[^|]*)\|([^|]*)\|/gm)];
  const told = rows.flatMap(([, names = "", defaults = ""]) => {
    const values = defaults.split(",").map((it) => it.replaceAll("`", "").trim());
    return [...names.matchAll(/[A-Z_]+/g)].map(([name], i) => [name, values[i] ?? ""] as const);
  });
  const secrets = new Set(["SECRET", "SECRET_PREVIOUS", "SIGNING_KEYS"]);
  const settings = told.filter(([name]) => !secrets.has(name));
  expect(settings.map(([name]) => name).sort()).toEqual(Object.keys(defaultSettings).sort());
  for (const [name, value] of settings) {
    // Some defaults are not values but words: "the host".
    if (defaultSettings[name] !== "") expect([name, value]).toEqual([name, defaultSettings[name]]);
  }
  const base = { SECRET: "docs-7Kq2Vx9ZmLw4TnR1rYpJ6sHdG0cEaU8f", DB: {} };
  expect(configOf({ ...base, ...defaultSettings })).toEqual(configOf({ ...base }));
});

test("every module that docs/CONFORMANCE.md says is a test is one, of that name", () => {
  const table = readFileSync(join(root, "docs/CONFORMANCE.md"), "utf8");
  const tests = readFileSync(join(root, "test/worker/oauth/conformance.test.ts"), "utf8");
  const named = [...table.matchAll(/^\| (oidcc-[\w-]+)\s+\| test/gm)].map(([, name = ""]) => name);
  expect(named.length).toBeGreaterThan(40);
  // Scopes are one table there.
  const missing = named.filter((it) => !tests.includes(it) && !it.startsWith("oidcc-scope-"));
  expect(missing).toEqual([]);
});
