import { isUtf8 } from "node:buffer";
import { type Fault, Problem } from "../kernel/errors.ts";

/**
 * Parses a JSON body and refuses what no schema should have to think of: nesting beyond `depthMax`, names that reach an object's
 * prototype (J-6), NUL and lone surrogates, which the engines cannot keep, and bytes that are no UTF-8, which would be kept as other text
 * (RFC 8259, section 8.1). Throws `Problem` malformed_body or invalid_request, whose fields begin with `field`.
 */
export function parseBody(bytes: Buffer, field = ""): unknown {
  if (!isUtf8(bytes)) throw new Problem("malformed_body", { message: `The ${field || "body"} is not valid UTF-8.` });
  const value = parse(bytes.toString("utf8"), field);
  const faults: Fault[] = [];
  inspect(value, field, 0, faults);
  if (faults.length > 0) throw new Problem("invalid_request", { fields: faults });
  return value;
}

const depthMax = 32;
const faultsMax = 200;

function parse(text: string, field: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Problem("malformed_body", { cause: error, ...(field === "" ? {} : { message: `The part ${field} is not valid JSON.` }) });
  }
}

function inspect(value: unknown, field: string, depth: number, faults: Fault[]): void {
  if (faults.length >= faultsMax) return;
  if (typeof value === "string") inspectText(value, field, faults);
  if (typeof value !== "object" || value === null) return;
  if (depth === depthMax) {
    faults.push({ field, message: `This is nested deeper than ${depthMax} levels.` });
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) inspect(item, `${field}[${index}]`, depth + 1, faults);
  } else {
    for (const [name, member] of Object.entries(value))
      inspectMember(name, member, field === "" ? clipped(name) : `${field}.${clipped(name)}`, depth, faults);
  }
}

// A name goes into the path of every fault below it: a long one would make the answer a hundred times the request (L-2).
const clipped = (name: string) => (name.length > nameShownMax ? `${name.slice(0, nameShownMax)}…` : name);
const nameShownMax = 100;

function inspectMember(name: string, member: unknown, field: string, depth: number, faults: Fault[]): void {
  if (reachesPrototype.has(name)) faults.push({ field, message: "This name is not allowed." });
  else inspect(member, field, depth + 1, faults);
}

const reachesPrototype = new Set(["__proto__", "constructor", "prototype"]);

function inspectText(text: string, field: string, faults: Fault[]): void {
  if (text.includes("\0") || !text.isWellFormed()) faults.push({ field, message: "This holds a NUL or half a character." });
}
