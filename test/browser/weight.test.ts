/** What a login page and the Worker weigh, counted in what really goes over the wire. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { langs } from "../../src/pages/language.ts";
import { openLogin } from "../support/people.ts";
import { useStage } from "../support/stage.ts";

/** One initial congestion window: 10 segments of 1460 bytes (RFC 6928), less the headers. */
const PAGE_MAX_BYTES = 14_336;
/** With every face. */
const WORKER_MAX_BYTES = 100 * 1024;

const root = join(import.meta.dirname, "../..");
const stage = useStage();

test.each(langs)("the login page in %s fits one TCP window: HTML, CSS and script", async (lang) => {
  const desktop = await stage.desktop();
  const parts: Promise<[string, number]>[] = [];
  desktop.on("response", (response) => {
    if (!["document", "stylesheet", "script"].includes(response.request().resourceType())) return;
    const { pathname } = new URL(response.url());
    parts.push(response.body().then((body) => [pathname, gzipped(body)]));
  });
  await openLogin(desktop, `/?lang=${lang}`);
  const weights = Object.fromEntries(await Promise.all(parts));
  // All of them were counted, each once.
  expect(Object.keys(weights)).toEqual(expect.arrayContaining(["/", "/login.js", "/style.css"]));
  expect(Object.keys(weights)).toHaveLength(parts.length);
  expect(sum(Object.values(weights)), JSON.stringify(weights)).toBeLessThanOrEqual(PAGE_MAX_BYTES);
});

test("the Worker can be deployed, and is small", async () => {
  const folder = mkdtempSync(join(tmpdir(), "scan-login-bundle-"));
  try {
    await wrangler("deploy", "--dry-run", "--minify", "--outdir", folder);
    const modules = readdirSync(folder).filter((name) => /\.(js|mjs|wasm)$/.test(name));
    expect(modules).not.toEqual([]);
    const weight = sum(modules.map((name) => gzipped(readFileSync(join(folder, name)))));
    expect(weight).toBeLessThanOrEqual(WORKER_MAX_BYTES);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function gzipped(bytes: Buffer): number {
  return gzipSync(bytes, { level: 9 }).byteLength;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function wrangler(...args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const run = spawn(
      process.execPath,
      [join(root, "node_modules/wrangler/bin/wrangler.js"), ...args],
      {
        cwd: root,
        env: { ...process.env, CI: "true", WRANGLER_SEND_METRICS: "false" },
      },
    );
    let said = "";
    run.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    run.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    run.on("exit", (status) => {
      if (status === 0) resolve();
      else reject(new Error(`wrangler ${args.join(" ")} failed:\n${said}`));
    });
  });
}
