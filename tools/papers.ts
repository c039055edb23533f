import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { rooms } from "./boundary-tables.ts";

/** Every page of prose under `root`, the generated ones too. */
export function papers(root: string): Paper[] {
  const paths = globSync(["*.md", "docs/**/*.md"], { cwd: root }).toSorted();
  return paths.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

export interface Paper {
  /** From the root. */
  readonly path: string;
  readonly text: string;
}

/** The rows that the import table of ARCHITECTURE.md must have. */
export function importRows(): string[] {
  return Object.entries(rooms).map(([room, allowed]) => `| \`${room}\` | ${spelled(allowed)} |`);
}

/** The files and folders that a paper links to, from the root. Addresses elsewhere and places on the same page are left out. */
export function linksOf({ path, text }: Paper): string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target.replace(/#.*$/, ""));
  return targets.filter((target) => target !== "" && !/^[a-z]+:/.test(target)).map((target) => join(dirname(path), target));
}

/** The files that a paper names in backticks with their folder, such as `store/pages.ts`, written from the root or from a room's parent. */
export function filesOf({ text }: Paper): string[] {
  return [...text.matchAll(/`((?:[\w-]+\/)+[\w.-]+\.(?:ts|md|txt|yaml))`/g)].map(([, file = ""]) => file);
}

/** The scripts that a paper tells people to run. */
export function scriptsOf({ text }: Paper): string[] {
  return [...text.matchAll(/\bnpm run ([a-z]+(?::[a-z]+)?)/g)].map(([, script = ""]) => script);
}

function spelled(allowed: readonly string[]): string {
  if (allowed.includes("*")) return "everything";
  return allowed.length === 0 ? "nothing" : allowed.map((one) => `\`${one}\``).join(", ");
}
