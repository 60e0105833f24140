/** Before the tests: finds a Chromium for them, or unpacks the one from npm. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sparticuz, { inflate } from "@sparticuz/chromium";
import type { TestProject } from "vitest/node";

interface Chromium {
  readonly executablePath: string;
  /** What the program needs set, beyond what is. */
  readonly env: Readonly<Record<string, string>>;
}

declare module "vitest" {
  interface ProvidedContext {
    /** Absent where there is none. */
    readonly chromium?: Chromium;
  }
}

/** Where installers put Chrome and Chromium; `CHROMIUM_PATH` comes before all of them. */
const usualPlaces = [
  process.env["CHROMIUM_PATH"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
];

/** Once before all tests: files that run side by side would find each other's half-unpacked one. */
export async function provideChromium(project: TestProject): Promise<void> {
  const installed = usualPlaces.find((path) => path !== undefined && existsSync(path));
  if (installed) {
    project.provide("chromium", { executablePath: installed, env: {} });
    return;
  }
  if (process.platform !== "linux" || process.arch !== "x64") return;
  const dir = mkdtempSync(join(tmpdir(), "chromium-"));
  process.once("exit", () => rmSync(dir, { recursive: true, force: true }));
  project.provide("chromium", await unpackInto(dir));
}

/**
 * Of the npm one only the program is wanted, with the libraries and the font that a bare machine
 * lacks: its own flags put every page into one process.
 */
async function unpackInto(dir: string): Promise<Chromium> {
  const usual = process.env["TMPDIR"];
  // The one way to tell the package where to.
  process.env["TMPDIR"] = dir;
  try {
    const main = createRequire(import.meta.url).resolve("@sparticuz/chromium");
    const libraries = join(dirname(main), "../bin/al2023.tar.br");
    const executablePath = await sparticuz.executablePath();
    const unpacked = await inflate(libraries);
    const env: Record<string, string> = { LD_LIBRARY_PATH: join(unpacked, "lib") };
    if (!existsSync("/etc/fonts/fonts.conf")) {
      env["FONTCONFIG_FILE"] = join(dir, "fonts.conf");
      const fonts = `<dir>${join(dir, "fonts")}</dir><cachedir>${join(dir, "font-cache")}</cachedir>`;
      writeFileSync(env["FONTCONFIG_FILE"], `<fontconfig>${fonts}</fontconfig>`);
    }
    return { executablePath, env };
  } finally {
    if (usual === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = usual;
  }
}
