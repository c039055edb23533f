import type { Reporter, TestModule } from "vitest/node";

/**
 * A vitest reporter that says nothing but the closing line: `N passed, N failed`, and `, N skipped` when there are any, without
 * colour, after everything else. A test that never ended, an error outside of tests and a run that never came to its end count
 * as failures, and no run with a failure exits with 0.
 */
export function closingLine(): Reporter {
  let counts: Counts | undefined;
  return { onInit, onTestRunEnd };

  function onInit(): void {
    // Vitest writes more after the end of the run; only at the exit of the process is the line sure to be the last one.
    process.once("exit", (exitCode) => {
      const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: 0 };
      const failures = failed === 0 && exitCode !== 0 ? 1 : failed;
      if (failures > 0 && exitCode === 0) process.exitCode = 1;
      process.stdout.write(`${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`);
    });
  }

  function onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    counts = modules.map(countOf).reduce(sum, { passed: 0, failed: unhandledErrors.length, skipped: 0 });
  }
}

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

function countOf(module: TestModule): Counts {
  const states = [...module.children.allTests()].map((test) => test.result().state);
  const brokenSuites = [...module.children.allSuites()].filter((suite) => suite.errors().length > 0);
  const passed = states.filter((state) => state === "passed").length;
  const skipped = states.filter((state) => state === "skipped").length;
  const failed = states.length - passed - skipped + brokenSuites.length + (module.errors().length > 0 ? 1 : 0);
  return { passed, failed, skipped };
}

const sum = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});
