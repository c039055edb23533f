import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { settingsPage } from "./settings-page.ts";

it("docs/settings.md says what the program reads (else run npm run docs:settings)", () => {
  expect(readFileSync(join(import.meta.dirname, "../docs/settings.md"), "utf8")).toBe(settingsPage());
});
