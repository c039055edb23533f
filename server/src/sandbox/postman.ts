import type { Message } from "@mooring/contract";
import { convert } from "@scalar/postman-to-openapi";
import { isObject } from "./dialects.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/** Whether the value is a Postman collection, version 2. */
export const isCollection = (value: unknown): value is JsonObject =>
  isObject(value) && isObject(value.info) && Array.isArray(value.item) && /postman\.com\//.test(String(value.info.schema));

/**
 * A Postman collection as OpenAPI 3.1, and what was left out of it. Its values are what somebody once sent, keys and passwords among
 * them: none is kept, but the shape of answers. Throws whatever the converter throws.
 */
export function openApiOfCollection(collection: JsonObject): { readonly document: unknown; readonly messages: Message[] } {
  const left = { auth: 0, scripts: 0 };
  const prepared = preparedItem(collection, left) as JsonObject;
  // Variables of the collection are where its servers are.
  const document = convert({ ...prepared, variable: collection.variable } as never);
  return { document: repaired(document), messages: messagesOf(left) };
}

interface Left {
  auth: number;
  scripts: number;
}

function messagesOf({ auth, scripts }: Left): Message[] {
  const messages: Message[] = [
    { severity: "info", text: "Values in a Postman collection are examples; none is kept, and parameters and forms are texts." },
  ];
  if (auth > 0)
    messages.push({ severity: "warning", text: `Kinds of auth that have no auth scheme config are left out, in ${auth} places.` });
  if (scripts > 0)
    messages.push({ severity: "warning", text: `Scripts of the collection are never run; they are left out, in ${scripts} places.` });
  return messages;
}

/** A folder, request or answer without what the converter stumbles over, and without values. */
function preparedItem(value: unknown, left: Left): unknown {
  if (Array.isArray(value)) return value.map((item) => preparedItem(item, left));
  if (!isObject(value)) return value;
  const prepared: [string, unknown][] = [];
  for (const [key, inner] of Object.entries(value)) {
    if (key === "event") left.scripts += 1;
    else if (key === "auth" && inner !== null && !(isObject(inner) && knownAuth.has(inner.type))) left.auth += 1;
    else if (key === "body") prepared.push([key, isObject(inner) ? preparedBody(inner) : exampleOf(inner)]);
    else if (nested.has(key)) prepared.push([key, preparedItem(inner, left)]);
    else prepared.push([key, valued.has(key) ? withoutValues(inner) : inner]);
  }
  return Object.fromEntries(prepared);
}

const knownAuth = new Set<unknown>(["apikey", "basic", "bearer", "oauth2", "noauth"]);
const nested = new Set(["item", "request", "response", "url", "originalRequest"]);
const valued = new Set(["header", "query", "variable"]);

const preparedBody = (body: JsonObject): JsonObject => ({
  ...body,
  ...(body.raw === undefined ? {} : { raw: "" }),
  urlencoded: withoutValues(body.urlencoded),
  formdata: withoutValues(body.formdata),
});

/** The converter takes the type of a parameter from its value, and an empty one for a number. */
const withoutValues = (list: unknown): unknown =>
  Array.isArray(list)
    ? list.map((item) =>
        isObject(item) && "value" in item && !mediaTypeHeaders.has(String(item.key).toLowerCase()) ? { ...item, value: "text" } : item,
      )
    : list;

/** What they say is which kind of body there is. */
const mediaTypeHeaders = new Set(["accept", "content-type"]);

/** The body of an answer as a value, so that its shape can be told; what is null there may be anything. */
function exampleOf(body: unknown): unknown {
  if (typeof body !== "string") return body;
  try {
    return JSON.parse(body, (_key, value: unknown) => (value === null ? undefined : value)) ?? "";
  } catch {
    return "";
  }
}

/** What the converter says and does not know: that a body is an object, and where an unknown host is. Operations are named as in Postman. */
function repaired(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => repaired(item, key));
  if (!isObject(value)) return value;
  if (key === "requestBody") return { ...value, content: anyJson(value.content) };
  if (key === "variables") {
    return Object.fromEntries(
      Object.entries(value).map(([name, variable]) => [name, isObject(variable) ? withoutDefault(variable) : variable]),
    );
  }
  const inner = Object.entries(value).map(([name, one]): [string, unknown] => [name, kept.has(name) ? one : repaired(one, name)]);
  return methods.has(key) ? { operationId: value.summary, ...Object.fromEntries(inner) } : Object.fromEntries(inner);
}

const kept = new Set(["schema", "examples", "example", "headers"]);
const methods = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace"]);

function anyJson(content: unknown): unknown {
  if (!isObject(content)) return content;
  return Object.fromEntries(Object.entries(content).map(([type, media]) => [type, type === "application/json" ? {} : media]));
}

const withoutDefault = (variable: JsonObject): JsonObject => ({
  ...variable,
  ...(variable.default === "example.com" ? { default: "" } : {}),
});
