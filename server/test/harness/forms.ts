import type { Sent } from "./client.ts";

/** One part of a form (RFC 7578). */
export interface FormPart {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly type?: string;
  readonly filename?: string;
}

/** What an import sends: a file as it is or as JSON, and what is said about it. */
export const importForm = (file: unknown, metadata: unknown = { format: "openapi" }): Sent => ({
  form: [
    ...(file === undefined ? [] : [{ name: "file", content: textOf(file), filename: "api.json", type: "application/octet-stream" }]),
    { name: "metadata", content: JSON.stringify(metadata), type: "application/json" },
  ],
});

const textOf = (file: unknown) => (typeof file === "string" || file instanceof Uint8Array ? file : JSON.stringify(file));

/** The parts as `fetch` takes them. */
export function formOf(parts: readonly FormPart[]): FormData {
  const form = new FormData();
  for (const { name, content, type, filename } of parts) {
    if (type === undefined && filename === undefined && typeof content === "string") form.append(name, content);
    else form.append(name, new Blob([content as BlobPart], { ...(type === undefined ? {} : { type }) }), filename);
  }
  return form;
}

/** Webhooks of the small API: one that tells of an order, and one that says nothing. */
export const smallWebhooks = {
  orderPaid: {
    post: {
      summary: "An order was paid",
      "x-mooring-strict": true,
      "x-mooring-challenge": { in: "body", name: "/challenge" },
      parameters: [{ name: "X-Topic", in: "header", required: true, schema: { type: "string" } }],
      requestBody: { required: true, content: { "application/json": { schema: { $ref: "#/components/schemas/Order" } } } },
      responses: { 202: { description: "Kept." } },
    },
  },
  ping: { get: {} },
};

/** A small API: one operation that takes an order and gives one back. */
export const smallApi = (changes: object = {}) => ({
  openapi: "3.1.0",
  info: { title: "Orders", version: "1" },
  servers: [{ url: "https://{region}.example.com/v1", variables: { region: { default: "eu" } } }],
  paths: {
    "/orders/{id}": {
      put: {
        operationId: "putOrder",
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
        requestBody: { required: true, content: { "application/json": { schema: { $ref: "#/components/schemas/Order" } } } },
        responses: {
          200: { description: "The order.", content: { "application/json": { schema: { $ref: "#/components/schemas/Order" } } } },
        },
      },
    },
  },
  components: {
    schemas: {
      Order: {
        type: "object",
        required: ["lines"],
        properties: { lines: { type: "array", items: { $ref: "#/components/schemas/Line" } } },
      },
      Line: { type: "object", properties: { article: { type: "string" }, count: { type: "integer" } } },
    },
    securitySchemes: { key: { type: "apiKey", in: "header", name: "X-Api-Key" } },
  },
  security: [{ key: [] }],
  ...changes,
});
