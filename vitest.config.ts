import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["contract/test/**/*.test.ts", "server/test/**/*.test.ts", "tools/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
