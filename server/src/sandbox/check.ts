import { Problem } from "../kernel/errors.ts";
import type { DefinitionId } from "../kernel/ids.ts";
import { checkTogether } from "./check-together.ts";
import { type Compiled, compile } from "./compile.ts";
import { type Dialect, dialectOf, isObject, type Schema } from "./dialects.ts";
import { readJson } from "./json-text.ts";
import { type Naming, store } from "./stored-form.ts";
import { faultsOf, type ValueFault } from "./value-faults.ts";
import { compileXml } from "./xml.ts";

/** Schemas as somebody wrote them, to be made definitions of one version together. */
export interface SchemaCheck {
  readonly schemas: readonly GivenSchema[];
  /** The definitions that the version has already, by name. Those of `schemas` come first. */
  readonly known: readonly (readonly [name: string, id: DefinitionId])[];
  /** Of those, as stored, the ones that are referred to, and what they refer to in turn; what is not here is not looked into. */
  readonly stored?: readonly { readonly id: DefinitionId; readonly content: string }[];
  /** Follows their links and compiles nothing: a whole version would take too long, and what it holds was compiled when it came. */
  readonly linksOnly?: boolean;
  /** What the addresses of the version's schemas begin with: with a name after it, it is that definition. */
  readonly urlPrefix: string;
}

export interface GivenSchema {
  readonly id: DefinitionId;
  readonly name: string;
  /** With or without parameters, in any case. */
  readonly contentType: string;
  readonly content: string;
}

/** One schema of a check: as it is to be stored, or what is wrong with it. */
export interface CheckedSchema {
  /** Empty when there are faults. */
  readonly content: string;
  /** The definitions it refers to, each once; itself too where it says so by name. */
  readonly uses: readonly DefinitionId[];
  /** Where in `content`, as a JSON Pointer, and what to do about it; [] when it can be stored. */
  readonly faults: readonly SchemaFault[];
}

export type SchemaFault = ValueFault;

/**
 * Looks whether each text is a JSON Schema or an XML Schema, and gives the form in which it is stored: in JSON Schema, every reference to another
 * definition by id. Runs in a worker; never throws for what a schema says.
 */
export async function checkSchemas({ schemas, known, stored = [], urlPrefix, linksOnly = false }: SchemaCheck): Promise<CheckedSchema[]> {
  const names = new Map([...known, ...schemas.map(({ name, id }) => [name, id] as const)]);
  const checked: (CheckedSchema & { readonly id: DefinitionId })[] = [];
  for (const schema of schemas) checked.push({ id: schema.id, ...(await checkAny(schema, { names, urlPrefix })) });
  const together = checkTogether(checked, stored, { linksOnly });
  return checked.map(({ id, content, uses, faults }) => {
    const more = together.get(id) ?? [];
    return more.length > 0 ? failed(more) : { content, uses, faults };
  });
}

async function checkAny(schema: GivenSchema, naming: Naming): Promise<CheckedSchema> {
  switch (schema.contentType.split(";", 1)[0]?.trim().toLowerCase()) {
    case "application/json":
    case "application/schema+json":
      return checkJson(schema, naming);
    case "application/xml":
    case "text/xml":
      return await checkXml(schema);
    default:
      return failed([{ pointer: "", message: otherContentType }]);
  }
}

async function checkXml({ content }: GivenSchema): Promise<CheckedSchema> {
  const made = await compileXml(content);
  if ("faults" in made) return failed(made.faults);
  made.compiled.dispose();
  return { content, uses: [], faults: [] };
}

/** As `checkSchemas`, for one JSON Schema, which is not seen together with what it refers to. */
export function checkJson({ content }: Pick<GivenSchema, "content">, naming: Naming): CheckedSchema {
  let root: unknown;
  try {
    root = readJson(content, limits);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return failed([{ pointer: "", message: error.message }]);
  }
  const dialect = dialectOf(root);
  if (!dialect) return failed([{ pointer: "/$schema", message: otherDialect }]);
  const invalid = faultsOfSchema(root, dialect);
  if (invalid.length > 0) return failed(invalid);
  const { stored, uses, faults } = store({ root: root as Schema, dialect }, naming);
  return faults.length > 0 ? failed(faults) : { content: JSON.stringify(stored), uses, faults };
}

const failed = (faults: readonly SchemaFault[]): CheckedSchema => ({ content: "", uses: [], faults: faults.slice(0, faultsMax) });

const ofDialect = new Map<Dialect, Compiled>();

/** What the schema of schemas says. */
function faultsOfSchema(root: unknown, dialect: Dialect): readonly SchemaFault[] {
  const compiled = ofDialect.get(dialect) ?? compile({ root: JSON.stringify({ $ref: addresses[dialect] }), definitions: [] });
  ofDialect.set(dialect, compiled);
  if (!isObject(root) && typeof root !== "boolean") return [{ pointer: "", message: "A schema is an object, or true or false." }];
  if (compiled.first(root)) return [];
  const every = compiled.all();
  every(root);
  return faultsOf(every.errors ?? []);
}

const addresses = {
  "2020-12": "https://json-schema.org/draft/2020-12/schema",
  "draft-07": "http://json-schema.org/draft-07/schema",
} as const satisfies Record<Dialect, string>;

// Real ones have no more than 24 levels and, taken together, 260,000 values in the largest file that is known.
const limits = { depthMax: 64, nodesMax: 200_000 };
const faultsMax = 100;
const otherContentType = "Only application/schema+json, application/json, text/xml and application/xml are known.";
const otherDialect =
  "Only 2020-12 (https://json-schema.org/draft/2020-12/schema) and draft-07 (http://json-schema.org/draft-07/schema#) are known.";
