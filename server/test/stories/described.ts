import type { ApiFile } from "./importing.ts";

type Values = Record<string, unknown>;

/** An operation of a file in OpenAPI 3.0, with its references followed. */
export interface Described {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly ApiFile[];
  /** By media types. */
  readonly body: Readonly<Record<string, ApiFile>> | undefined;
  readonly statuses: readonly string[];
}

/** Every operation of the file, in its order. Reads the file by itself, so that an import can be held against it. */
export function describedOperations(file: ApiFile): Described[] {
  return Object.entries<ApiFile>(file.paths).flatMap(([path, item]) =>
    Object.entries<ApiFile>(item)
      .filter(([method]) => methods.has(method))
      .map(([method, operation]) => ({
        name: operation.operationId,
        method: method.toUpperCase(),
        path,
        parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((one) => followed(file, one)),
        body: operation.requestBody && followed(file, operation.requestBody).content,
        statuses: Object.keys(operation.responses),
      })),
  );
}

const methods = new Set(["get", "put", "post", "delete", "patch", "options", "head", "trace"]);

function followed(file: ApiFile, value: ApiFile): ApiFile {
  if (typeof value.$ref !== "string") return value;
  const steps = value.$ref
    .slice(2)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return followed(
    file,
    steps.reduce((inner, step) => inner[step], file),
  );
}

/** What a call of this operation sends as `parameters` and `body`, with a value for whatever is required and some of the rest. */
export function sampleInput(file: ApiFile, { parameters, body }: Described) {
  const json = body?.["application/json"]?.schema;
  const wanted = parameters.filter(({ required, schema }) => required || followed(file, schema).default === undefined);
  return {
    parameters: Object.fromEntries(wanted.map(({ name, schema }) => [name, sampleParameter(file, schema)])) as Values,
    ...(json && { body: sample(file, json) }),
  };
}

// Of several types, a list is given where it may be one, else a text.
function sampleParameter(file: ApiFile, schema: ApiFile): unknown {
  const { oneOf } = followed(file, schema);
  if (oneOf === undefined) return sample(file, schema);
  return oneOf.some(({ type }: ApiFile) => type === "array") ? ["7"] : "7";
}

function sample(file: ApiFile, given: ApiFile, depth = 0): unknown {
  const schema = followed(file, given);
  const [chosen] = schema.oneOf ?? schema.anyOf ?? [];
  if (schema.enum) return schema.enum[0];
  if (chosen && !schema.properties) return sample(file, chosen, depth);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((one: ApiFile) => sample(file, one, depth)));
  if (schema.type === "array") return [sample(file, schema.items ?? {}, depth + 1)];
  if (schema.type === "object" || schema.properties) return sampleObject(file, { ...schema, ...mergeable(file, chosen) }, depth);
  if (schema.type === "integer" || schema.type === "number") return schema.minimum ?? 7;
  if (schema.type === "boolean") return true;
  return sampleText(schema);
}

function sampleText({ format, pattern, minLength = 0 }: ApiFile): string {
  const plain = texts[format] ?? "a b/ü".padEnd(minLength, "x");
  return pattern === undefined || new RegExp(pattern, "u").test(plain) ? plain : "aGk=";
}

// The first of several alternatives of an object says what is required besides.
function mergeable(file: ApiFile, chosen: ApiFile | undefined): ApiFile {
  return chosen === undefined ? {} : { required: followed(file, chosen).required };
}

function sampleObject(file: ApiFile, { properties = {}, required = [] }: ApiFile, depth: number): Values {
  const names = Object.keys(properties).filter((name, at) => required.includes(name) || (at < 3 && depth < 2));
  return Object.fromEntries(names.map((name) => [name, sample(file, properties[name], depth + 1)]));
}

const texts: Readonly<Record<string, string>> = {
  "date-time": "2024-02-29T12:00:00Z",
  date: "2024-02-29",
  uri: "https://example.com/a",
  email: "sam@example.com",
  uuid: "0b6a5b4e-5b0e-4b44-9c8f-3f1d1f0e8a11",
};

/** What must arrive of such a call: the path under `base`, and the query as pairs. */
export function expectedRequest(file: ApiFile, { path, parameters }: Described, given: Values) {
  const sent = ({ name, schema }: ApiFile) => given[name] ?? followed(file, schema).default;
  const written = parameters
    .filter((one) => one.in === "query" && sent(one) !== undefined)
    .flatMap((one) => [sent(one)].flat().map((value) => [one.name as string, String(value)]));
  const filled = path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(String(given[name])));
  return { path: filled, query: written.sort() };
}
