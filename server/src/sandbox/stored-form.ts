import type { DefinitionId } from "../kernel/ids.ts";
import { isObject, type Schema, subschemasOf } from "./dialects.ts";
import { patternFault } from "./patterns.ts";
import { decode, partsOf, pointerOf, referenceTo, type SchemaDocument, schemaAt, targetOf } from "./references.ts";
import type { ValueFault } from "./value-faults.ts";

/** What the names and addresses in a schema mean. */
export interface Naming {
  readonly names: ReadonlyMap<string, DefinitionId>;
  readonly urlPrefix: string;
}

/** A schema in the form in which it is kept, and all that keeps it from being kept. */
export interface Stored {
  readonly stored: Schema;
  readonly uses: readonly DefinitionId[];
  readonly faults: readonly ValueFault[];
}

/**
 * Turns every reference to another definition into `mooring:` and its id, and finds what must not be: references elsewhere (J-3), a second
 * `$id`, patterns that RE2 does not have (J-4). What is no schema is left as it is, but for what a local reference makes one.
 */
export function store(document: SchemaDocument, naming: Naming): Stored {
  const faults: ValueFault[] = [];
  const uses = new Set<DefinitionId>();
  const rewritten = new Map<object, Map<string, string>>();
  const open: { schema: Schema; path: readonly string[] }[] = [{ schema: document.root, path: [] }];
  const seen = new Set<Schema>();
  for (let next = open.pop(); next; next = open.pop()) {
    const { schema, path } = next;
    if (!isObject(schema) || seen.has(schema)) continue;
    seen.add(schema);
    faults.push(...faultsHere(schema, path));
    for (const inner of subschemasOf(schema, document.dialect)) open.push({ schema: inner.schema, path: [...path, ...inner.path] });
    for (const keyword of ["$ref", "$dynamicRef"]) {
      const reference = schema[keyword];
      if (typeof reference !== "string") continue;
      const read = readReference(document, reference, naming);
      if ("message" in read) faults.push({ pointer: pointerOf([...path, keyword]), message: read.message });
      else if ("id" in read) {
        uses.add(read.id);
        rewritten.set(schema, (rewritten.get(schema) ?? new Map()).set(keyword, referenceTo(read.id, read.fragment)));
      } else if (read.place) open.push(read.place);
    }
  }
  return { stored: rewrite(document.root, rewritten) as Schema, uses: [...uses], faults };
}

function faultsHere(schema: { readonly [keyword: string]: unknown }, path: readonly string[]): ValueFault[] {
  const faults: ValueFault[] = [];
  const fault = (parts: readonly string[], message: string) => faults.push({ pointer: pointerOf([...path, ...parts]), message });
  if (path.length > 0 && schema.$id !== undefined)
    fault(["$id"], "Only a schema as a whole may have an $id; make this a definition of its own.");
  if (schema.$recursiveRef !== undefined) fault(["$recursiveRef"], "This is of another dialect; use $ref.");
  if (typeof schema.pattern === "string") {
    const wrong = patternFault(schema.pattern);
    if (wrong) fault(["pattern"], `The pattern ${quoted(schema.pattern)} cannot be used: ${wrong}.`);
  }
  for (const pattern of isObject(schema.patternProperties) ? Object.keys(schema.patternProperties) : []) {
    const wrong = patternFault(pattern);
    if (wrong) fault(["patternProperties", pattern], `The pattern ${quoted(pattern)} cannot be used: ${wrong}.`);
  }
  return faults;
}

type ReadReference =
  | { readonly message: string }
  | { readonly id: DefinitionId; readonly fragment: string }
  | { readonly place: { readonly schema: Schema; readonly path: readonly string[] } | undefined };

function readReference(document: SchemaDocument, reference: string, { names, urlPrefix }: Naming): ReadReference {
  const at = reference.indexOf("#");
  const [base, fragment] = at < 0 ? [reference, ""] : [reference.slice(0, at), reference.slice(at + 1)];
  if (base === "") return readLocal(document, fragment, names);
  if (base.startsWith(urlPrefix)) {
    const name = decode(base.slice(urlPrefix.length)) ?? "";
    const id = names.get(name);
    return id ? { id, fragment } : { message: `The version has no definition ${quoted(name)}.` };
  }
  const target = base.startsWith("http") ? targetOf(reference) : undefined;
  return target
    ? { place: undefined }
    : {
        message: `The reference ${quoted(reference)} leads elsewhere; only #/..., #/$defs/Name and the addresses of this version's definitions can be followed.`,
      };
}

function readLocal(document: SchemaDocument, fragment: string, names: ReadonlyMap<string, DefinitionId>): ReadReference {
  const schema = schemaAt(document, fragment);
  const pointer = decode(fragment) ?? "";
  if (schema !== undefined) return { place: { schema, path: partsOf(pointer) } };
  const [container, name = "", ...more] = partsOf(pointer);
  const isOwn =
    isObject(document.root) && isObject(document.root[container ?? ""]) && Object.hasOwn(document.root[container ?? ""] as object, name);
  if ((container !== "$defs" && container !== "definitions") || isOwn)
    return { message: `There is no schema at ${quoted(`#${fragment}`)}.` };
  const id = names.get(name);
  if (!id) return { message: `There is no definition ${quoted(name)}, neither here nor in the version.` };
  return { id, fragment: encodeURI(pointerOf(more)) };
}

function rewrite(value: unknown, rewritten: ReadonlyMap<object, ReadonlyMap<string, string>>): unknown {
  if (Array.isArray(value)) return value.map((inner) => rewrite(inner, rewritten));
  if (!isObject(value)) return value;
  const changes = rewritten.get(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, changes?.get(key) ?? rewrite(inner, rewritten)]));
}

const quoted = (text: string) => (text.length > 200 ? `${text.slice(0, 200)}...` : text);
