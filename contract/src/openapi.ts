import type { TObject, TSchema } from "typebox";
import { createComponents, type Json } from "./components.ts";
import { type GatewayOperation, gatewayOperations } from "./operations/gateway.ts";
import { EventReceipt, type IngestAddress, ingestAddresses, ingestMethods } from "./operations/ingest.ts";
import { type Failure, type Operation, tags } from "./operations/operation.ts";
import { pathParameters } from "./operations/path-parameters.ts";
import { schemaAddress } from "./operations/schemas.ts";
import { operations } from "./operations.ts";
import { ErrorBody } from "./schemas/error.ts";
import { PageInfo } from "./schemas/page.ts";

/**
 * The OpenAPI 3.1 document of everything Mooring serves, made from the operations table. `version` is the program's, `serverUrl`
 * the address that clients use, without a trailing slash.
 */
export function openApiDocument({ version, serverUrl }: { version: string; serverUrl: string }): OpenApiDocument {
  const { emit, all } = createComponents("#/components/schemas/", readable);
  const paths: OpenApiDocument["paths"] = {};
  const at = (path: string) => (paths[path] ??= parametersOf(path));

  for (const [operationId, operation] of Object.entries<Operation>(operations)) {
    at(operation.path)[operation.method.toLowerCase()] = describeOperation(operationId, operation, emit);
  }
  for (const one of gatewayOperations) {
    for (const method of one.methods) at(one.path)[method.toLowerCase()] = describeGateway(one, method, emit);
  }
  for (const one of ingestAddresses) {
    for (const method of ingestMethods) at(one.path)[method] = describeIngest(one, method, emit);
  }
  at(schemaAddress.path).get = describeSchemaAddress(emit);
  emit(PageInfo);

  return {
    openapi: "3.1.0",
    info: { title: "Connect API", version, description, license: { name: "Apache 2.0", identifier: "Apache-2.0" } },
    servers: [{ url: serverUrl }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    security: [{ cookie: [] }, { bearerToken: [] }],
    paths,
    components: { schemas: all(), parameters: { ...describePathParameters(emit), ...headerParameters }, headers, securitySchemes },
  };
}

export interface OpenApiDocument {
  openapi: string;
  info: Record<string, Json>;
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  security: Json[];
  paths: Record<string, Record<string, Json>>;
  components: Record<"schemas" | "parameters" | "headers" | "securitySchemes", Record<string, Json>>;
}

const description =
  "Keeps connections to outside systems and makes the authenticated calls. Every failure is an `Error`, which tells every fault of a request at once. " +
  "Lists are paged by opaque cursors. A single resource has an `ETag`; send it back as `If-Match` to change only what you have seen.";

const securitySchemes = {
  cookie: { type: "apiKey", in: "cookie", name: "cookie", description: "The session of a person who signed in." },
  bearerToken: { type: "http", scheme: "bearer", description: "An API key." },
};

const headers = {
  ETag: { description: "Which state of the resource this is (RFC 9110 section 8.8.3).", schema: { type: "string" } },
  "Mooring-Origin": {
    description: "Who answered: the outside system or the gateway.",
    schema: { type: "string", enum: ["upstream", "gateway"] },
  },
  "Mooring-Request-Id": { description: "Finds this request in the log and in the audit.", schema: { type: "string" } },
};

const headerParameters = {
  "If-Match": {
    name: "If-Match",
    in: "header",
    required: false,
    description: "An `ETag`. 412 when the resource is in another state by now.",
    schema: { type: "string" },
  },
  "Idempotency-Key": {
    name: "Idempotency-Key",
    in: "header",
    required: false,
    description: "Makes a retry safe: the same key and body give the same answer and the same resource; another body is 422.",
    schema: { type: "string", minLength: 1, maxLength: 255 },
  },
  "Last-Event-ID": {
    name: "Last-Event-ID",
    in: "header",
    required: false,
    description: "Of server-sent events: goes on behind this cursor, whatever `after` says.",
    schema: { type: "string" },
  },
};

const parameterRef = (name: string): Json => ({ $ref: `#/components/parameters/${name}` });
const headerRefs = (...names: (keyof typeof headers)[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

type Emit = (schema: TSchema) => Json;

function parametersOf(path: string): Record<string, Json> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
  return names.length === 0 ? {} : { parameters: names.map(parameterRef) };
}

function describeOperation(operationId: string, operation: Operation, emit: Emit): Json {
  const { tag, access, summary, description, body, bodyType, success, failures = {} } = operation;
  return {
    operationId,
    tags: [tag],
    summary,
    description,
    "x-mooring-access": access,
    ...(access === "public" && { security: [] }),
    parameters: [...describeQuery(operation, emit), ...describeHeaderParameters(operation)],
    ...(body && { requestBody: { required: true, content: content(body, emit, bodyType) } }),
    responses: {
      [success.status]: describeSuccess(success, emit),
      ...Object.fromEntries(Object.entries(failures).map(([status, failure]) => [status, describeFailure(failure as Failure, emit)])),
      default: describeFailure("Any failure.", emit),
    },
  };
}

function describeQuery({ query }: Pick<Operation, "query">, emit: Emit): Json[] {
  const { properties = {}, required = [], else: unlessOther } = (query ?? {}) as Partial<TObject> & { else?: { required: string[] } };
  // One that only another may stand in for is described as required, as the agreed contract has it.
  const always = new Set([...required, ...(unlessOther?.required ?? [])]);
  return Object.entries(properties).map(([name, schema]) => {
    const { description, ...rest } = schema as { description: string };
    return { name, in: "query", required: always.has(name), description, schema: emit(rest) };
  });
}

function describeHeaderParameters({ method, access, success }: Operation): Json[] {
  if (success.stream !== undefined) return [parameterRef("Last-Event-ID")];
  if (method === "PUT" || method === "DELETE") return [parameterRef("If-Match")];
  if (method === "POST" && access !== "public") return [parameterRef("Idempotency-Key")];
  return [];
}

function describeSuccess({ status, body, type, stream }: Operation["success"], emit: Emit): Json {
  if (!body) return { description: "Done.", headers: headerRefs("Mooring-Request-Id") };
  if (stream !== undefined) {
    const events = { "text/event-stream": { schema: { type: "string", description: stream } } };
    return {
      description: "What is there.",
      headers: headerRefs("Mooring-Request-Id"),
      content: { ...(content(body, emit) as object), ...events },
    };
  }
  if (type) return { description: "As it is now.", headers: headerRefs("Mooring-Request-Id"), content: content(body, emit, type) };
  const isPage = "totalCount" in ((body as Partial<TObject>).properties ?? {});
  return {
    description: status === 201 ? "Created." : isPage ? "One page." : "As it is now.",
    headers: isPage ? headerRefs("Mooring-Request-Id") : headerRefs("ETag", "Mooring-Request-Id"),
    content: content(body, emit),
  };
}

function describeFailure(failure: Failure, emit: Emit): Json {
  const { description, body } = typeof failure === "string" ? { description: failure, body: ErrorBody } : failure;
  return { description, headers: headerRefs("Mooring-Request-Id"), content: content(body, emit) };
}

const content = (schema: TSchema, emit: Emit, type = "application/json"): Json => ({ [type]: { schema: emit(schema) } });

function describeGateway(operation: GatewayOperation, method: string, emit: Emit): Json {
  const { name, methods, tag, access, summary, description, query, body, answer } = operation;
  const hasBody = method === "POST" || method === "PUT" || method === "PATCH" || method === "DELETE";
  const ofGateway = headerRefs("Mooring-Origin", "Mooring-Request-Id");
  const any = { "*/*": { schema: {} } };
  return {
    operationId: methods.length === 1 ? name : `${name}${method.charAt(0)}${method.slice(1).toLowerCase()}`,
    tags: [tag],
    summary,
    description,
    "x-mooring-access": access,
    ...(query && { parameters: describeQuery({ query }, emit) }),
    ...(hasBody && { requestBody: { required: false, content: body ? content(body, emit) : any } }),
    responses: {
      ...(answer && { 200: { description: "What the call would come to.", headers: ofGateway, content: content(answer, emit) } }),
      default: {
        description: answer ? "Any failure." : "The outside system's own answer, or an `Error` of the gateway.",
        headers: ofGateway,
        content: { ...(!answer && any), ...(content(ErrorBody, emit) as object) },
      },
    },
  };
}

function describeIngest({ operationId, tag, summary, description }: IngestAddress, method: string, emit: Emit): Json {
  const hasBody = method === "post" || method === "put" || method === "patch" || method === "delete";
  return {
    operationId: method === "post" ? operationId : `${operationId}${method.charAt(0).toUpperCase()}${method.slice(1)}`,
    tags: [tag],
    summary,
    description,
    "x-mooring-access": "public",
    security: [],
    ...(hasBody && { requestBody: { required: false, content: { "*/*": { schema: {} } } } }),
    responses: {
      "2XX": {
        description: "It is kept; or, as text, the challenge of the sender.",
        headers: headerRefs("Mooring-Request-Id"),
        content: { ...(content(EventReceipt, emit) as object), "text/plain": { schema: { type: "string" } } },
      },
      default: describeFailure("Any failure: the event is not delivered.", emit),
    },
  };
}

function describeSchemaAddress(emit: Emit): Json {
  const { operationId, tag, summary, description, types } = schemaAddress;
  return {
    operationId,
    tags: [tag],
    summary,
    description,
    "x-mooring-access": "public",
    security: [],
    responses: {
      200: {
        description: "The schema.",
        headers: headerRefs("ETag", "Mooring-Request-Id"),
        content: Object.fromEntries(types.map((type) => [type, { schema: {} }])),
      },
      304: { description: "It is still as `If-None-Match` says.", headers: headerRefs("ETag", "Mooring-Request-Id") },
      default: describeFailure("Any failure.", emit),
    },
  };
}

function describePathParameters(emit: Emit): Record<string, Json> {
  return Object.fromEntries(
    Object.entries<TSchema>(pathParameters).map(([name, schema]) => {
      const { description, ...rest } = schema as { description: string };
      return [name, { name, in: "path", required: true, description, schema: emit(rest) }];
    }),
  );
}

/**
 * Validation tells faults best from `if`/`then`/`else`, and from a discriminator without a mapping (Ajv takes none). Readers and
 * generators of clients know `oneOf` and a mapping, which say the same.
 */
function readable(schema: object): object {
  const { if: condition, then: one, else: other, ...rest } = schema as Record<string, TSchema | undefined>;
  if (condition && one && other) return { ...rest, oneOf: [one, other] };

  const { discriminator, oneOf } = schema as { discriminator?: { propertyName: string }; oneOf?: Variant[] };
  if (!discriminator || !oneOf) return schema;
  const mapping = oneOf.map((variant) => [variant.properties[discriminator.propertyName]?.const, `#/components/schemas/${variant.title}`]);
  return { ...schema, discriminator: { ...discriminator, mapping: Object.fromEntries(mapping) } };
}

interface Variant {
  readonly title: string;
  readonly properties: Readonly<Record<string, { const: string } | undefined>>;
}
