import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";
import { defaultSettings } from "./test/support/default-settings.ts";

/** Made up here, for tests alone: nothing else knows it. */
const SECRET = "0aF3-tests-only-Zk81uQvX7mPq4RyLwE9sTnB2";

export default defineConfig({
  test: {
    // The slowest files mostly wait, for a browser or for time to pass: two at once, however few cores.
    maxWorkers: 2,
    // The audit trail of thousands of logins is no reading matter.
    onConsoleLog: (log) => !log.startsWith('{"audit":'),
    globalSetup: ["test/support/before-all.ts"],
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 60_000 } },
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: {
                ...defaultSettings,
                SECRET,
                MIGRATIONS: await readD1Migrations("migrations"),
              },
            },
          })),
        ],
        test: {
          name: "worker",
          include: ["test/worker/**/*.test.ts"],
          setupFiles: ["test/support/worker/setup.ts"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "commands",
          include: ["test/commands/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "faults",
          include: ["test/faults/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
