import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { problems } from "../server/src/kernel/errors.ts";
import { errorsPage } from "./errors-page.ts";

const page = readFileSync(join(import.meta.dirname, "../docs/api-errors.md"), "utf8");

it("docs/api-errors.md says what the program answers (else run npm run docs:errors)", () => {
  expect(page).toBe(errorsPage());
});

it("docs/api-errors.md tells for every code its status and what to do", () => {
  const rows = page.split("\n").filter((line) => line.startsWith("| "));
  const told = rows.map((row) => row.split(" | ")).filter(([, , , remedy = ""]) => remedy.replace(/[\s|]/g, "") !== "");
  for (const [code, { status }] of Object.entries(problems)) {
    expect(told.map(([shown, name]) => `${shown} ${name}`)).toContain(`| ${status} \`${code}\``);
  }
});
