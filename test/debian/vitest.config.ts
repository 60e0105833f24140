import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** Apart from the others, whose packages are all npm's. */
export default defineConfig({
  test: {
    name: "browser",
    root: join(import.meta.dirname, "../.."),
    include: ["test/debian/**/*.test.ts"],
    globalSetup: ["test/support/before-all.ts"],
  },
});
