/**
 * The lint rules that hold the house together have been seen red: the real configuration is let
 * loose on files that each break one of them, in a folder of their own.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";

const layers = "house(layers)";
const packages = "eslint(no-restricted-imports)";
const globals = "eslint(no-restricted-globals)";
const properties = "eslint(no-restricted-properties)";
const cycle = "import(no-cycle)";

/** A file, what stands in it, and the rule that must mind. */
const bad: readonly (readonly [file: string, code: string, rule: string])[] = [
  ["src/core/a.ts", `import { a } from "../login/uuid.ts";`, layers],
  ["src/core/b.ts", `import type { A } from "../config.ts";`, layers],
  ["src/login/a.ts", `import { a } from "../identity/tokens.ts";`, layers],
  ["src/login/b.ts", `import { a } from "../config.ts";`, layers],
  ["src/login/object.ts", `import { a } from "../http/cookies.ts";`, layers],
  ["src/users/a.ts", `import { a } from "../login/uuid.ts";`, layers],
  ["src/sites/a.ts", `import { a } from "../users/object.ts";`, layers],
  ["src/identity/a.ts", `import type { A } from "../config.ts";`, layers],
  ["src/identity/b.ts", `import { a } from "../login/uuid.ts";`, layers],
  ["src/pages/a.tsx", `import type { A } from "../login/view.ts";`, layers],
  ["src/pages/b.tsx", `export { a } from "../http/shown.ts";`, layers],
  ["src/config.ts", `import { a } from "./pages/language.ts";`, layers],
  ["src/http/a.ts", `import { a } from "../faces/site/index.ts";`, layers],
  ["src/http/b.ts", `import app from "../app.ts";`, layers],
  ["src/faces/site/a.ts", `import { a } from "../qrcode/redeem.ts";`, layers],
  ["src/faces/site/b.ts", `import type { A } from "../qrcode/redeem.ts";`, layers],
  ["src/faces/site/c.ts", `export * from "../qrcode/redeem.ts";`, layers],
  ["src/faces/site/d.ts", `export const a = () => import("../qrcode/redeem.ts");`, layers],
  ["src/faces/site/e.ts", `export type A = import("../qrcode/redeem.ts").A;`, layers],
  ["src/faces/site/f.ts", `export type { A } from "../qrcode/redeem.ts";`, layers],
  ["src/faces/site/g.ts", `import "./../../faces/qrcode/redeem.ts";`, layers],
  ["src/faces/site/h.ts", `export const a = (at: string) => import(at);`, layers],
  ["src/faces/site/i.ts", `import { a } from "../../app.ts";`, layers],
  ["src/faces/site/j.ts", `import { a } from "../../local/sql.ts";`, layers],
  ["src/faces/site/k.ts", `import { a } from "../../../test/support/wire.ts";`, layers],
  ["src/app.ts", `import { a } from "./identity/tokens.ts";`, layers],
  ["src/index.ts", `import { a } from "./http/cookies.ts";`, layers],
  ["src/local/a.ts", `import { a } from "../http/cookies.ts";`, layers],
  ["src/newcomer/a.ts", `import { a } from "../core/refusal.ts";`, layers],
  ["src/loose.ts", `import { a } from "./core/refusal.ts";`, layers],

  ["src/login/c.ts", `import { Hono } from "hono";`, packages],
  ["src/core/c.ts", `import type { Context } from "hono/jsx/dom";`, packages],
  ["src/login/d.ts", `import { DurableObject } from "cloudflare:workers";`, packages],
  ["src/http/c.ts", `import { env } from "cloudflare:workers";`, packages],
  ["src/faces/site/l.ts", `import { env } from "cloudflare:workers";`, packages],
  ["src/users/object.ts", `import { Hono } from "hono";`, packages],
  ["src/login/machine.ts", `import { randomInt } from "node:crypto";`, packages],
  ["src/login/view.ts", `import type { JWK } from "jose";`, packages],
  ["src/login/proximity.ts", `import { ask } from "./gateway.ts";`, packages],
  ["src/users/families.ts", `import { sign } from "../core/keys.ts";`, packages],
  ["src/core/refusal.ts", `import * as v from "valibot";`, packages],
  ["src/core/user.ts", `import { audit } from "./audit.ts";`, packages],
  ["src/core/place.ts", `import type { Context } from "hono";`, packages],
  ["src/core/paths.ts", `import { env } from "cloudflare:workers";`, packages],

  ["src/core/limits.ts", `export const a = Date.now();`, globals],
  ["src/core/hosts.ts", `export const a = () => fetch(String(Math.random()));`, globals],
  ["src/users/families.ts", `import "./object.ts"; export const a = Date.now();`, globals],
  ["src/core/hosts.ts", `export const a = () => fetch(String(Math.random()));`, properties],

  ["src/http/ring-a.ts", `import type { B } from "./ring-b.ts"; export type A = B;`, cycle],
  ["src/http/ring-b.ts", `import type { A } from "./ring-a.ts"; export type B = A;`, cycle],
];

const allowed: readonly (readonly [file: string, code: string])[] = [
  ["src/faces/qrcode/a.ts", `export { a } from "./b.ts"; export { b } from "../../pages/qr.ts";`],
  [
    "src/faces/qrcode/b.ts",
    `export { Hono } from "hono"; export { a } from "../../login/uuid.ts";`,
  ],
  ["src/users/a-object/object.ts", `export { DurableObject } from "cloudflare:workers";`],
  ["test/a.test.ts", `export { a } from "../src/faces/qrcode/a.ts";`],
];

const root = mkdtempSync(join(tmpdir(), "lint-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const found = lintTheBad();

test.each(bad)("%s with %s is refused by %s", (file, _, rule) => {
  expect(found.filter(({ filename }) => filename === file).map(({ code }) => code)).toContain(rule);
});

test.each(allowed)("%s with %s is let pass", (file) => {
  expect(found.filter(({ filename }) => filename === file)).toEqual([]);
});

test("nothing in src is refused by any rule", () => {
  expect(lint(".", "src")).toEqual([]);
});

interface Finding {
  readonly filename: string;
  readonly code: string;
}

/** The configuration as it stands, but for the type-aware rules, which need a project around them. */
function lintTheBad(): readonly Finding[] {
  const config = JSON.parse(readFileSync(".oxlintrc.json", "utf8")) as { jsPlugins: string[] };
  const jsPlugins = config.jsPlugins.map((path) => resolve(path));
  write(".oxlintrc.json", JSON.stringify({ ...config, jsPlugins, options: {} }));
  for (const [file, code] of [...bad, ...allowed]) write(file, `${code}\n`);
  return lint(root, ".");
}

function lint(cwd: string, folder: string): readonly Finding[] {
  const oxlint = resolve("node_modules/oxlint/bin/oxlint");
  const args = [oxlint, "--format=json", folder];
  const { stdout } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
  return (JSON.parse(stdout) as { diagnostics: Finding[] }).diagnostics;
}

function write(file: string, text: string): void {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
