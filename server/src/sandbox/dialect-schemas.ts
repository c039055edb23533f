import applicator from "ajv/dist/refs/json-schema-2020-12/meta/applicator.json" with { type: "json" };
import content from "ajv/dist/refs/json-schema-2020-12/meta/content.json" with { type: "json" };
import core from "ajv/dist/refs/json-schema-2020-12/meta/core.json" with { type: "json" };
import formatAnnotation from "ajv/dist/refs/json-schema-2020-12/meta/format-annotation.json" with { type: "json" };
import metaData from "ajv/dist/refs/json-schema-2020-12/meta/meta-data.json" with { type: "json" };
import unevaluated from "ajv/dist/refs/json-schema-2020-12/meta/unevaluated.json" with { type: "json" };
import validation from "ajv/dist/refs/json-schema-2020-12/meta/validation.json" with { type: "json" };
import root from "ajv/dist/refs/json-schema-2020-12/schema.json" with { type: "json" };
import draft07 from "ajv/dist/refs/json-schema-draft-07.json" with { type: "json" };
import type { Schema } from "./dialects.ts";
import { type DialectId, referenceTo, type SchemaDocument } from "./references.ts";

/** The schemas of all schemas, in the form in which definitions are stored. The parts of 2020-12 refer to each other by id. */
export const dialectSchemas: ReadonlyMap<DialectId, SchemaDocument> = new Map<DialectId, SchemaDocument>([
  ["dialect/draft-07", { dialect: "draft-07", root: draft07 as Schema }],
  ["dialect/2020-12", { dialect: "2020-12", root: rewritten(root) as Schema }],
  ...Object.entries({
    applicator,
    content,
    core,
    "format-annotation": formatAnnotation,
    "meta-data": metaData,
    unevaluated,
    validation,
  }).map(([name, schema]): [DialectId, SchemaDocument] => [
    `dialect/2020-12/${name}`,
    { dialect: "2020-12", root: rewritten(schema) as Schema },
  ]),
]);

function rewritten(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewritten);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === "$dynamicRef" && inner === "#meta") return ["$ref", referenceTo("dialect/2020-12", "")];
      const part = key === "$ref" && typeof inner === "string" ? /^meta\/([a-z-]+)(?:#(.*))?$/.exec(inner) : null;
      if (part) return [key, referenceTo(`dialect/2020-12/${part[1]}`, part[2] ?? "")];
      return [key, rewritten(inner)];
    }),
  );
}
