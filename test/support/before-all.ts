/** Run by vitest before the tests: what every browser test needs is made once, for all of them. */
import type { TestProject } from "vitest/node";
import { provideChromium } from "./provide-chromium.ts";
import { prepareStorage } from "./prepared-storage.ts";

/** In `vitest.config.ts`. */
const BROWSER_PROJECTS = new Set(["browser", "faults"]);

export default async function beforeAll(project: TestProject): Promise<void> {
  if (!project.vitest.projects.some(({ name }) => BROWSER_PROJECTS.has(name))) return;
  await Promise.all([provideChromium(project), prepareStorage()]);
}
