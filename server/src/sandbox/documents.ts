import { Problem } from "../kernel/errors.ts";
import { textOf } from "./encoding.ts";
import { type DocumentLimits, readJson } from "./json-text.ts";
import { readYaml } from "./yaml-text.ts";

/** A file that was read: a tree of plain values, in which no object is at two places. */
export interface ReadDocument {
  readonly value: unknown;
  readonly format: "json" | "yaml";
}

export interface ReadLimits extends DocumentLimits {
  readonly bytesMax: number;
}

/**
 * What a file may be when nothing else is said (J-1). The deepest API file known has 24 levels. GitHub's, the largest, has 13 MB and 258,000 values, so
 * that the 200,000 of J-1 would refuse it.
 */
export const fileLimits: ReadLimits = { bytesMax: 32 * 1024 * 1024, depthMax: 64, nodesMax: 2_000_000 };

/**
 * Reads JSON or YAML 1.2: JSON when it begins with a brace or bracket, unless `format` says otherwise. Throws `Problem` too_large, or
 * malformed_document that says line, column and what is wrong.
 */
export function readDocument(bytes: Uint8Array, limits: ReadLimits, format?: ReadDocument["format"]): ReadDocument {
  if (bytes.length > limits.bytesMax) throw new Problem("too_large", { message: `The document has more than ${limits.bytesMax} bytes.` });
  const text = textOf(bytes);
  if (!/\S/.test(text)) throw new Problem("malformed_document", { message: "The document is empty." });
  if ((format ?? (/^\s*[{[]/.test(text) ? "json" : "yaml")) === "json") return { value: readJson(text, limits), format: "json" };
  return { value: readYaml(text, limits), format: "yaml" };
}
