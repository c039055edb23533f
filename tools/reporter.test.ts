import { spawn } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mooring-reporter-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const cases = [
  { name: "all pass", test: 'it("a", () => {}); it("b", () => {});', line: "2 passed, 0 failed", exitCode: 0 },
  { name: "one fails", test: 'it("a", () => {}); it("b", () => { throw new Error("b"); });', line: "1 passed, 1 failed", exitCode: 1 },
  { name: "one is skipped", test: 'it("a", () => {}); it.skip("b", () => {});', line: "1 passed, 0 failed, 1 skipped", exitCode: 0 },
  { name: "a file does not load", test: 'throw new Error("load");', line: "0 passed, 1 failed", exitCode: 1 },
  {
    name: "a hook fails before its tests",
    test: 'describe("d", () => { beforeAll(() => { throw new Error("hook"); }); it("a", () => {}); });',
    line: "0 passed, 1 failed, 1 skipped",
    exitCode: 1,
  },
  {
    name: "a promise is rejected that nobody awaits",
    test: 'it("a", async () => { Promise.reject(new Error("stray")); await new Promise((r) => setTimeout(r, 50)); });',
    line: "1 passed, 1 failed",
    exitCode: 1,
  },
  {
    name: "the process of the tests dies",
    test: 'it("a", () => process.kill(process.pid, "SIGKILL"));',
    line: "0 passed, 2 failed",
    exitCode: 1,
  },
  { name: "there are no tests", test: undefined, line: "0 passed, 1 failed", exitCode: 1 },
];

describe("the closing line is the last one and the exit code agrees with it when", () => {
  it.concurrent.each(cases)("$name", async ({ name, test, line, exitCode }) => {
    const { lines, code } = await runVitest(name, test);
    expect(lines.at(-1)).toBe(line);
    expect(code).toBe(exitCode);
  });
});

async function runVitest(name: string, test: string | undefined): Promise<{ lines: string[]; code: number | null }> {
  const root = join(folder, name.replaceAll(" ", "-"));
  mkdirSync(root);
  if (test) writeFileSync(join(root, "planted.test.ts"), test);
  const reporter = JSON.stringify(join(import.meta.dirname, "reporter.ts"));
  const config = `import { closingLine } from ${reporter}; export default { test: { globals: true, pool: "forks", reporters: ["default", closingLine()] } };`;
  writeFileSync(join(root, "vitest.config.mjs"), config);
  const vitest = join(import.meta.dirname, "../node_modules/vitest/vitest.mjs");
  // Both to one file, which has them in the order in which they were written: two pipes are read in any order.
  const output = join(root, "output.txt");
  const file = openSync(output, "a");
  const env = { PATH: process.env.PATH, FORCE_COLOR: "1" };
  const child = spawn(process.execPath, [vitest, "run", "--root", root], { cwd: root, env, stdio: ["ignore", file, file] });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  closeSync(file);
  return { lines: readFileSync(output, "utf8").trimEnd().split("\n"), code };
}
