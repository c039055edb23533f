/** A schema at some place of a document: what it refers to is looked up from there. */
export interface Place {
  readonly schema: unknown;
  /** The address of the document; empty where there is none, and so nothing to refer to. */
  readonly base: string;
}

/** Documents by their address, as far as they were read. */
export interface Documents {
  get(url: string): { readonly content: unknown } | undefined;
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
  const [address = "", fragment = ""] = reference.split("#");
  const url = address === "" ? base : schemaAddress(address);
  if (url === undefined || url === "") return undefined;
  const document = documents.get(url);
  if (!document) return { awaited: url };
  const schema = pointedAt(document.content, fragment);
  return schema === undefined ? undefined : { schema, base: url };
}

/** RFC 6901, as a fragment of an address. */
function pointedAt(content: unknown, fragment: string): unknown {
  if (fragment === "") return content;
  if (!fragment.startsWith("/")) return undefined;
  return fragment
    .slice(1)
    .split("/")
    .map((part) => decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>(
      (value, part) => (typeof value === "object" && value !== null ? (value as Record<string, unknown>)[part] : undefined),
      content,
    );
}

/** Where a schema is on this Mooring, whatever name it calls itself by: the page may ask nobody else. Undefined for any other address. */
export function schemaAddress(url: string): string | undefined {
  try {
    const { pathname } = new URL(url, "http://mooring");
    return /^\/o\/[^/]+\/schemas\//.test(pathname) ? pathname : undefined;
  } catch {
    return undefined;
  }
}

/** The name at the end of a reference, as in `#/$defs/Order`. */
export const definitionName = (reference: string) =>
  decodeURIComponent(reference.split(/[/#]/).findLast((part) => part !== "") ?? reference);
