import { referenceOf, valueAtFragment } from "../../../../parts/schema-reference.ts";

/** A schema at some place of a document: what it refers to is looked up from there. */
export interface Place {
  readonly schema: unknown;
  /** The address of the document; empty where there is none, and so nothing to refer to. */
  readonly base: string;
}

/** Documents by their address, as far as they were read. */
export interface Documents {
  get(url: string): { readonly schema?: unknown } | undefined;
}

/** A part of a schema: in the same document. */
export const childOf = ({ base }: Place, schema: unknown): Place => ({ schema, base });

/**
 * All schemas that count at a place: its own, what it refers to, and what `allOf` lists; what stands nearest comes first. `awaited` is
 * the address of a document that has to be read before more can be told. What leads nowhere, or in a circle, counts for nothing.
 */
export function partsOf(place: Place, documents: Documents): { readonly found: readonly Place[] } | { readonly awaited: string } {
  const found: Place[] = [];
  const seen = new Set<unknown>();
  const open: Place[] = [place];
  for (let part = open.shift(); part !== undefined && found.length < partsMax; part = open.shift()) {
    const { schema } = part;
    if (typeof schema === "object" && schema !== null) {
      if (seen.has(schema)) continue;
      seen.add(schema);
    }
    found.push(part);
    const { $ref: reference, allOf } = (schema ?? {}) as { $ref?: unknown; allOf?: unknown };
    if (typeof reference === "string") {
      const target = targetOf(reference, part.base, documents);
      if (target && "awaited" in target) return target;
      if (target) open.push(target);
    }
    if (Array.isArray(allOf)) open.push(...allOf.map((one) => childOf({ schema, base: (part as Place).base }, one)));
  }
  return { found };
}

const partsMax = 100;

function targetOf(reference: string, base: string, documents: Documents): Place | { awaited: string } | undefined {
  const { url = base, fragment, isGone } = referenceOf(reference, base);
  if (isGone || !isSchemaAddress(url)) return undefined;
  const document = documents.get(url);
  if (!document) return { awaited: url };
  const schema = valueAtFragment(document.schema, fragment);
  return schema === undefined ? undefined : { schema, base: url };
}

/** Whether a schema is one of this Mooring: the page asks nobody else. */
const isSchemaAddress = (url: string) => /^https?:\/\/[^/]+\/o\/[^/]+\/schemas\//.test(url);

/** The name at the end of a reference, as in `#/$defs/Order`. */
export const nameOfReference = (reference: string) => reference.split(/[/#]/).findLast((part) => part !== "") ?? reference;
