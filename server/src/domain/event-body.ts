import { isUtf8 } from "node:buffer";
import { isNestedBeyond } from "./nesting.ts";

/** What a pointer without a value there gives. */
export const nothing: unique symbol = Symbol("nothing");

/** The document that a body is; `nothing` when it is no JSON in UTF-8, or nests deeper than 200 levels. */
export function parsedBody(body: Buffer): unknown {
  if (!isUtf8(body) || isNestedBeyond(depthMax, body)) return nothing;
  try {
    return JSON.parse(body.toString("utf8").replace(byteOrderMark, ""));
  } catch {
    return nothing;
  }
}

/** The value at an RFC 6901 pointer, and `nothing` where there is none: only what the document itself holds is looked at. */
export function valueAt(document: unknown, pointer: string): unknown {
  let value = document;
  for (const token of pointer.split("/").slice(1)) {
    const name = token.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof value !== "object" || value === null) return nothing;
    if (Array.isArray(value)) {
      if (!indexPattern.test(name) || Number(name) >= value.length) return nothing;
      value = value[Number(name)];
    } else {
      if (!Object.hasOwn(value, name)) return nothing;
      value = (value as Record<string, unknown>)[name];
    }
  }
  return value;
}

const indexPattern = /^(?:0|[1-9][0-9]{0,15})$/;

const depthMax = 200;

// RFC 8259, section 8.1: a parser may ignore one.
const byteOrderMark = /^\ufeff/;
