import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { filesOf, importRows, linksOf, papers, scriptsOf } from "./papers.ts";

const root = join(import.meta.dirname, "..");
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
const isThere = (file: string) => ["", "server/src", "server", "server/test"].some((folder) => existsSync(join(root, folder, file)));

describe.each(papers(root))("$path", (paper) => {
  it("links to what is there", () => {
    expect(linksOf(paper).filter((target) => !existsSync(join(root, target)))).toEqual([]);
  });

  it("names files that are there", () => {
    expect(filesOf(paper).filter((file) => !isThere(file))).toEqual([]);
  });

  it("tells people to run scripts that are there", () => {
    expect(scriptsOf(paper).filter((script) => scripts[script] === undefined)).toEqual([]);
  });
});

it("ARCHITECTURE.md shows the import table that is checked", () => {
  const lines = readFileSync(join(root, "ARCHITECTURE.md"), "utf8").split("\n");
  const table = lines.slice(lines.indexOf("| room | may import |") + 2);
  expect(table.slice(0, table.indexOf(""))).toEqual(importRows());
});

it("a link, a file and a script that are not there are found", () => {
  const paper = {
    path: "docs/page.md",
    text: "[a](no-such.md) [b](../README.md#start) [c](https://example.com) `store/no-such.ts` npm run no-such",
  };
  expect(linksOf(paper)).toEqual(["docs/no-such.md", "README.md"]);
  expect(filesOf(paper)).toEqual(["store/no-such.ts"]);
  expect(scriptsOf(paper)).toEqual(["no"]);
});
