import { defineConfig } from "vitest/config";
import { closingLine } from "./tools/reporter.ts";
import { LongestFirst } from "./tools/sequencer.ts";

export default defineConfig(({ mode }) => ({
  test: {
    include: ["contract/test/**/*.test.ts", "server/test/**/*.test.ts", "console/test/**/*.test.ts", "tools/**/*.test.ts"],
    globalSetup: ["server/test/harness/global-setup.ts"],
    pool: "forks",
    // Importing a file does nothing, so that a process can run one test file after the other: with one for each, a third of the time
    // went into loading the same modules.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // node:sqlite still calls itself experimental in Node 24.
    execArgv: ["--disable-warning=ExperimentalWarning"],
    // `npm run test:long` runs with the mode `long`.
    env: mode === "long" ? { LONG: "1" } : {},
    reporters: ["default", closingLine()],
  },
}));
