import { setImmediate } from "node:timers/promises";
import { type OperationId, validationSchemas } from "@mooring/contract";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { type Fault, Problem } from "../kernel/errors.ts";
import { isUlid } from "../kernel/ids.ts";

/** Holds query and body of each operation against the contract. */
export interface Validator {
  /** Fills in the query's defaults. Throws `Problem` invalid_request that lists every fault, at most `faultsMax`. */
  check(operation: OperationId, request: { query: unknown; body: unknown }): void;
  /** Readies every operation, one in each turn of the event loop, so that no first request waits. */
  warm(): Promise<void>;
}

/**
 * Compiles the schemas of an operation when it is first met: compiling all of them takes longer than the rest of a start. They are the
 * program's own; schemas that users send never come here. `allErrors` is safe because bodies are bounded before they are checked.
 */
export function createValidator(): Validator {
  const { definitions: given, operations } = validationSchemas();
  const definitions = boundedLists(given) as typeof given;
  const bodies = createAjv({ coerceTypes: false }).addSchema(definitions);
  const queries = createAjv({ coerceTypes: true }).addSchema(definitions);
  const compiled = new Map<OperationId, Compiled>();
  return { check, warm };

  function check(operation: OperationId, request: { query: unknown; body: unknown }): void {
    const { query, body } = compile(operation);
    const { $defs } = definitions;
    const faults = [...faultsOf($defs, query, request.query), ...faultsOf($defs, body, request.body)];
    if (!query) faults.push(...Object.keys(request.query ?? {}).map((field) => ({ field, message: unknownParameter })));
    if (faults.length > 0) throw new Problem("invalid_request", { fields: faults.slice(0, faultsMax) });
  }

  function compile(operation: OperationId): Compiled {
    const known = compiled.get(operation);
    if (known) return known;
    const { query, body } = operations[operation];
    const fresh = {
      ...(query ? { query: queries.compile(query as object) } : {}),
      ...(body ? { body: bodies.compile(boundedLists(body) as object) } : {}),
    };
    compiled.set(operation, fresh);
    return fresh;
  }

  async function warm(): Promise<void> {
    for (const operation of Object.keys(operations) as OperationId[]) {
      await setImmediate();
      compile(operation);
    }
  }
}

interface Compiled {
  readonly query?: ValidateFunction;
  readonly body?: ValidateFunction;
}

/**
 * The same schema, in which the items of a list that is too long are not looked at. Ajv copies the faults that it has at every item
 * that adds some, so that a body full of empty objects would keep the event loop busy for minutes (L-2).
 */
function boundedLists(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(boundedLists);
  if (typeof schema !== "object" || schema === null) return schema;
  const { maxItems, items, uniqueItems, ...rest } = Object.fromEntries(
    Object.entries(schema).map(([key, one]) => [key, boundedLists(one)]),
  );
  const inside = { ...(items === undefined ? {} : { items }), ...(uniqueItems === undefined ? {} : { uniqueItems }) };
  // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own keyword
  return maxItems === undefined ? { ...rest, ...inside } : { ...rest, maxItems, if: { maxItems }, then: inside };
}

type Definitions = Readonly<Record<string, unknown>>;

const faultsMax = 200;
const unknownParameter = "This parameter is not known here.";

function createAjv(options: { coerceTypes: boolean }): Ajv2020 {
  const ajv = new Ajv2020({
    ...options,
    allErrors: true,
    discriminator: true,
    useDefaults: options.coerceTypes,
    strict: true,
    strictRequired: false,
    verbose: true,
  });
  addFormats.default(ajv, ["uri", "date-time"]);
  // Bytes never come here; see routes.ts.
  ajv.addFormat("binary", true);
  ajv.addFormat("ulid", { type: "string", validate: isUlid });
  return ajv;
}

function faultsOf(definitions: Definitions, validate: ValidateFunction | undefined, value: unknown): Fault[] {
  if (!validate || validate(value)) return [];
  const errors = validate.errors ?? [];
  const faults = byField(errors);
  const untold = errors.filter(({ keyword }) => keyword === "discriminator");
  // Each try costs as much as the check itself, and an answer that is full gains nothing from it.
  if (untold.length > 0 && faults.size < faultsMax)
    for (const [field, fault] of faultsBehind(definitions, validate, value, untold)) if (!faults.has(field)) faults.set(field, fault);
  return [...faults.values()];
}

/**
 * Where nothing says which variant is meant, no variant is checked, and its faults would only show in a second try. So each variant is
 * tried there, on a copy, and what is wrong in all of them is told too.
 */
function faultsBehind(
  definitions: Definitions,
  validate: ValidateFunction,
  value: unknown,
  untold: readonly ErrorObject[],
): Map<string, Fault> {
  const places = untold.map((error) => ({ error, tags: tagsOf(definitions, error) }));
  const tries = Math.max(...places.map(({ tags }) => tags.length));
  let common: Map<string, Fault> | undefined;
  for (let at = 0; at < tries; at++) {
    const copy = structuredClone(value);
    for (const { error, tags } of places) setTag(copy, error, tags[at % tags.length]);
    validate(copy);
    const found = byField(validate.errors ?? []);
    common = common ? new Map([...common].filter(([field]) => found.has(field))) : found;
  }
  return common ?? new Map();
}

/** The words that tell the variants apart at an error's place, which the contract lists beside them. */
function tagsOf(definitions: Definitions, { parentSchema, params }: ErrorObject): string[] {
  const variants = (parentSchema?.oneOf ?? []) as { $ref?: string }[];
  return variants.map(({ $ref = "" }) => {
    const variant = definitions[$ref.split("/").at(-1) ?? ""] as { properties: Record<string, { const: string }> } | undefined;
    return variant?.properties[params.tag]?.const ?? "";
  });
}

function setTag(root: unknown, { instancePath, params }: ErrorObject, tag: string | undefined): void {
  const place = partsOf(instancePath).reduce<unknown>((inner, part) => (inner as Record<string, unknown>)[part], root);
  (place as Record<string, unknown>)[params.tag] = tag;
}

/** One fault a field: a value of the wrong type also misses every list and pattern. `if` only repeats what its branch said. */
function byField(errors: readonly ErrorObject[]): Map<string, Fault> {
  const faults = new Map<string, Fault>();
  for (const error of errors) {
    if (error.keyword === "if") continue;
    const fault = faultOf(error);
    if (!faults.has(fault.field)) faults.set(fault.field, fault);
  }
  return faults;
}

function faultOf(error: ErrorObject): Fault {
  const { keyword, params, instancePath } = error;
  const here = fieldOf(instancePath);
  const inside = (name: string) => (here === "" ? name : `${here}.${name}`);
  switch (keyword) {
    case "required":
      return { field: inside(String(params.missingProperty)), message: "This is required." };
    case "additionalProperties":
      return { field: inside(String(params.additionalProperty)), message: "This property is not known here." };
    case "discriminator":
      return { field: inside(String(params.tag)), message: "This must be one of the values that the API knows." };
    case "enum":
      return { field: here, message: `This must be one of ${params.allowedValues.map(String).join(", ")}.` };
    case "const":
      return { field: here, message: `This must be ${String(params.allowedValue)}.` };
    case "format":
      return { field: here, message: `This must be ${params.format === "ulid" ? "a ULID in upper case" : `a valid ${params.format}`}.` };
    case "pattern":
    case "minLength":
    case "maxLength":
      // The contract's own words say what is wanted; Ajv would quote a regular expression.
      return {
        field: here,
        message: `This does not fit: ${error.parentSchema?.description ?? error.message ?? "see the API's description"}`,
      };
    case "type":
      // The whole body: it was left out, or is a list or a text.
      if (here === "") return { field: here, message: "Send a JSON object as the body: {} where there is nothing to say." };
      return { field: here, message: `This ${error.message}.` };
    default:
      // Ajv's own words for the rest name types and limits, never values.
      return { field: here, message: `This ${error.message ?? "is invalid"}.` };
  }
}

/** A JSON Pointer (RFC 6901) as the path that the API shows: `/environments/0/name` is `environments[0].name`. */
function fieldOf(pointer: string): string {
  return partsOf(pointer).reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path === "" ? part : `${path}.${part}`), "");
}

const partsOf = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
