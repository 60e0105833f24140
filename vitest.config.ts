import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";
import { makeSigningKeys } from "./src/local/make-signing-keys.ts";
import { defaultSettings } from "./test/support/default-settings.ts";
import { LongestFirst } from "./test/support/longest-first.ts";

/** Made up here, for tests alone: nothing else knows it. */
const SECRET = "0aF3-tests-only-Zk81uQvX7mPq4RyLwE9sTnB2";

/** They set up the Worker before it is first called, or count all the objects there are. */
const needOwnWorker = [
  "test/worker/hostility.test.ts",
  "test/worker/model/model.test.ts",
  "test/worker/unknown-uuids.test.ts",
];

const workerd = () =>
  cloudflareTest(async () => ({
    wrangler: { configPath: "./wrangler.toml" },
    miniflare: {
      bindings: {
        ...defaultSettings,
        SECRET,
        SIGNING_KEYS: await makeSigningKeys("RS256"),
        MIGRATIONS: await readD1Migrations("migrations"),
      },
    },
  }));

export default defineConfig({
  test: {
    // Some files mostly wait, for a line to fail or for a code to expire: with two of those under
    // way, a third still works.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // The audit trail of thousands of logins is no reading matter.
    onConsoleLog: (log) => !log.startsWith('{"audit":'),
    globalSetup: ["test/support/before-all.ts"],
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 60_000 } },
      {
        plugins: [workerd()],
        test: {
          name: "worker",
          include: ["test/worker/**/*.test.ts"],
          exclude: needOwnWorker,
          // Every file begins with accounts, codes and addresses of its own.
          isolate: false,
          setupFiles: ["test/support/worker/setup.ts"],
          testTimeout: 60_000,
        },
      },
      {
        plugins: [workerd()],
        test: {
          name: "worker-alone",
          include: needOwnWorker,
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
