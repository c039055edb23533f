import type { DefinitionId } from "../kernel/ids.ts";
import { isPlainObject } from "./action-parameter.ts";
import { areExclusive } from "./alternatives.ts";
import { parseStoredReference } from "./definition.ts";
import { type Reading, within } from "./effect.ts";
import { keywordOf } from "./schema-keywords.ts";
import type { Side } from "./schema-references.ts";

/** One definition that a schema refers to, and how what becomes of it counts there. */
export interface SchemaLink {
  readonly id: DefinitionId;
  readonly reading: Reading;
}

/** What a stored JSON Schema refers to, each definition once for each reading. `schema` is asked for only where the text does not tell. */
export function linksOfSchema(side: Side, text: string, schema: () => unknown): SchemaLink[] {
  const found = new Map<string, SchemaLink>();
  const add = (id: DefinitionId, reading: Reading) => void found.set(`${reading} ${id}`, { id, reading });
  // In most schemas every reference counts as it is, and they are long.
  if (!/"(not|oneOf|if|contains|dependencies)":/.test(text)) {
    for (const [, id = ""] of text.matchAll(/"\$ref":"mooring:([0-9A-Z]{26})/g)) add(id as DefinitionId, "same");
    return [...found.values()];
  }
  const document = schema();
  walk(document, "same");
  return [...found.values()];

  function walk(part: unknown, reading: Reading): void {
    if (!isPlainObject(part)) return;
    for (const [name, value] of Object.entries(part)) {
      const target = name === "$ref" && typeof value === "string" ? parseStoredReference(value) : undefined;
      if (target) add(target.id, reading);
      else walkKeyword(name, value, reading);
    }
  }

  function walkKeyword(name: string, value: unknown, reading: Reading): void {
    if (data.has(name)) return;
    const keyword = keywordOf(name);
    const inside = within(reading, readingOf(name, value));
    if (keyword.holds === "properties" || keyword.holds === "schemas" || name === "$defs" || name === "definitions") {
      if (isPlainObject(value)) for (const member of Object.values(value)) walk(member, inside);
    } else if (Array.isArray(value)) for (const member of value) walk(member, inside);
    else walk(value, inside);
  }

  function readingOf(name: string, value: unknown): Reading {
    const keyword = keywordOf(name);
    if (keyword.holds === "schema") return keyword.as;
    if (name === "oneOf" && Array.isArray(value) && !areExclusive(side, { schema: value, document }, value)) return "overlapping";
    // Whoever refers to what is kept for reference may do so from anywhere.
    return keyword.holds === "whole" || name === "$defs" || name === "definitions" ? "either" : "same";
  }
}

/** Keywords whose values are data and no schemas. */
const data = new Set(["enum", "const", "default", "example", "examples"]);
