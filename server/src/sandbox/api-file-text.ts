import { Problem } from "../kernel/errors.ts";
import { readJson } from "./json-text.ts";

/**
 * The value of a file in JSON or YAML, which are told apart by how they begin. Throws `Problem` malformed_document, with line and column
 * where there is one, for bytes that are not UTF-8, and for what is malformed, too deep or too much.
 */
export function parseApiFile(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  if (text.trim() === "") throw new Problem("malformed_document", { message: "The file is empty." });
  return readJson(text, limits);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Problem("malformed_document", { message: "The file is not in UTF-8; save it in that encoding." });
  }
}

// The largest real file that is known has 258,000 values, 21 levels deep.
const limits = { depthMax: 64, nodesMax: 600_000 };
