import { Problem } from "../kernel/errors.ts";
import type { DefinitionId } from "../kernel/ids.ts";
import { compileDocuments } from "./compile.ts";
import { documentsOf, flatten } from "./flatten.ts";
import { faultsOfLinks } from "./links.ts";
import type { SchemaDocument } from "./references.ts";
import type { ValueFault } from "./value-faults.ts";

/** A definition as it will be stored, or is. */
interface StoredSchema {
  readonly id: DefinitionId;
  /** Empty when it has faults already, and no JSON when it is an XML Schema. */
  readonly content: string;
}

/** What is wrong with schemas once they are seen together with all they refer to: by definition, nothing for those that can be used. */
export function checkTogether(
  asked: readonly StoredSchema[],
  stored: readonly StoredSchema[],
  { linksOnly }: { readonly linksOnly: boolean },
): ReadonlyMap<DefinitionId, readonly ValueFault[]> {
  const isJson = ({ content }: StoredSchema) => content !== "" && !content.trimStart().startsWith("<");
  const fresh = asked.filter(isJson);
  const known = stored.filter(({ id }) => !asked.some((one) => one.id === id));
  const { byId } = documentsOf({ root: "true", definitions: [...known.filter(isJson), ...fresh] });
  const ids = fresh.map(({ id }) => id);
  const faults = new Map(faultsOfLinks(byId, ids));
  if (linksOnly) return faults;
  const sizes = sizesOf([...known, ...fresh]);
  const isFew = ids.reduce((sum, id) => sum + sizes(id), 0) <= compiledMax;
  for (const id of ids) {
    if ((faults.get(id)?.length ?? 0) > 0) continue;
    const wrong = sizes(id) > closureMax || isFew ? unusable(byId.get(id) as SchemaDocument, byId, isFew) : undefined;
    if (wrong) faults.set(id, [{ pointer: "", message: wrong }]);
  }
  return faults;
}

/** Why a schema could not be compiled in time, with all that it refers to; undefined when it could. */
function unusable(root: SchemaDocument, byId: ReadonlyMap<string, SchemaDocument>, isCompiled: boolean): string | undefined {
  try {
    const length = JSON.stringify(flatten({ root, byId })).length;
    if (length > closureMax) return `With all that it refers to it has ${length} characters; at most ${closureMax} can be compiled.`;
    if (isCompiled) compileDocuments({ root, byId });
    return undefined;
  } catch (error) {
    // What is not here was not looked into.
    if (error instanceof Problem) return error.code === "definition_unusable" ? undefined : error.message;
    throw error;
  }
}

/** How many characters a definition has together with all it refers to: at most, since of those it may need a part. */
function sizesOf(definitions: readonly StoredSchema[]): (id: DefinitionId) => number {
  const lengths = new Map(definitions.map(({ id, content }) => [id as string, content.length]));
  const uses = new Map(
    definitions.map(({ id, content }) => [id as string, [...content.matchAll(/"mooring:([^"#]+)/g)].map(([, used = ""]) => used)]),
  );
  return (id) => {
    const seen = new Set<string>([id]);
    for (const one of seen) for (const used of uses.get(one) ?? []) seen.add(used);
    return [...seen].reduce((sum, one) => sum + (lengths.get(one) ?? 0), 0);
  };
}

// A quarter of a megabyte takes Ajv about 250 ms, which is what it may take (J-5). The largest of GitHub's API has 66 KB.
const closureMax = 250_000;
// Of many together only the size is looked at: to compile GitHub's 969 takes longer than to import them may.
const compiledMax = 500_000;
