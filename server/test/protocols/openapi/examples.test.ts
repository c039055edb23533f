import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { actionFaults } from "../../../src/domain/action-faults.ts";
import { comparable, exportWhole, readWhole } from "./whole.ts";

const folder = fileURLToPath(new URL("../../../../node_modules/@readme/oas-examples/", import.meta.url));
const examples = ["3.0", "3.1"].flatMap((version) =>
  readdirSync(`${folder}${version}/json`)
    .filter((name) => name.endsWith(".json"))
    .map((name) => ({ name: `${version} ${name}`, document: JSON.parse(readFileSync(`${folder}${version}/json/${name}`, "utf8")) })),
);
interface PathItem {
  readonly $ref?: string;
}
/** What is wrong in the examples themselves. */
const broken: Readonly<Record<string, string[]>> = {
  "3.0 response-http-behavior.json": ["/paths/~1cache/get/security/0/api_key"],
};
const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

describe("every example of OpenAPI", () => {
  it("is there to be read", () => expect(examples.length).toBeGreaterThan(50));

  it.each(examples)("is read whole: $name", ({ name, document }) => {
    const { actions, definitions, draft } = readWhole(document);
    const operations = Object.values<PathItem>(document.paths ?? {}).flatMap((item) => {
      const followed = item.$ref === undefined ? item : document.paths[item.$ref.split("/").at(-1)?.replaceAll("~1", "/") ?? ""];
      return Object.keys(followed).filter((key) => methods.includes(key));
    });
    expect(actions).toHaveLength(operations.length);
    expect(definitions.length).toBeGreaterThanOrEqual(Object.keys(document.components?.schemas ?? {}).length);
    expect(draft.messages.filter(({ severity }) => severity === "error").flatMap(({ detail }) => detail)).toEqual(broken[name] ?? []);
  });

  it.each(examples)("becomes actions that can be published: $name", ({ document }) => {
    const { actions, definitions } = readWhole(document);
    const known = new Map(definitions.map((definition) => [definition.id, definition]));
    const faults = actions.flatMap((action) => actionFaults(action.document, known));
    expect(faults.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  it.each(examples)("describes the same when it was exported and is read again: $name", async ({ document }) => {
    const first = readWhole(document);
    const second = readWhole(await exportWhole(first));
    expect(comparable(second)).toEqual(comparable(first));
  });
});
