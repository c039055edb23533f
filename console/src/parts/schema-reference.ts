/** A schema that is an object, and so says something. */
export type Schema = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Schema => typeof value === "object" && value !== null && !Array.isArray(value);

/** Where a `$ref` leads. */
export interface SchemaReference {
  /** What it is called. */
  readonly name: string;
  /** The definition of the same version that it is, or is in; undefined within the schema itself and elsewhere. */
  readonly definition?: string | undefined;
  /** The address of the document it is in; undefined for the schema's own. */
  readonly url?: string | undefined;
  /** What follows `#`; empty for the whole document. */
  readonly fragment: string;
  /** Whether it leads to a definition that was deleted. */
  readonly isGone: boolean;
}

/** Takes a `$ref` apart. `url` is the address of the document in which it stands. */
export function referenceOf(reference: string, url: string | undefined): SchemaReference {
  const at = reference.indexOf("#");
  const document = at === -1 ? reference : reference.slice(0, at);
  const fragment = at === -1 ? "" : decoded(reference.slice(at + 1));
  const inside = fragment.split("/").at(-1);
  if (document === "" || document === url) return { name: inside || url?.split("/").at(-1) || "the whole", fragment, isGone: false };
  const base = url?.slice(0, url.lastIndexOf("/") + 1);
  const own = base && document.startsWith(base) ? document.slice(base.length) : undefined;
  if (own?.startsWith("deleted:")) return { name: "a deleted definition", url: document, fragment, isGone: true };
  const name = own ?? document;
  return { name: inside ? `${name} › ${inside}` : name, definition: own, url: document, fragment, isGone: false };
}

/** What a fragment points to in a document: a JSON Pointer (RFC 6901) or an anchor. Undefined when it leads nowhere. */
export function valueAtFragment(document: unknown, fragment: string): unknown {
  if (fragment === "") return document;
  if (!fragment.startsWith("/")) return anchored(document, fragment);
  return fragment
    .slice(1)
    .split("/")
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>((value, key) => (typeof value === "object" && value !== null ? (value as Schema)[key] : undefined), document);
}

function anchored(document: unknown, name: string): unknown {
  const waiting: unknown[] = [document];
  for (let looked = 0; looked < placesMax && waiting.length > 0; looked += 1) {
    const value = waiting.shift();
    if (isObject(value) && (value.$anchor === name || value.$id === `#${name}`)) return value;
    if (typeof value === "object" && value !== null) waiting.push(...Object.values(value));
  }
  return undefined;
}

const placesMax = 20_000;

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
