import { describe, expect, it } from "vitest";
import { Problem } from "../../../src/kernel/errors.ts";
import { openApi, readWhole } from "./whole.ts";

function refusal(document: unknown) {
  try {
    readWhole(document);
  } catch (error) {
    if (error instanceof Problem) return { code: error.code, fields: error.fields?.map(({ field }) => field) };
    throw error;
  }
  return undefined;
}

const many = (count: number, one: (at: number) => unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`/${at}`, one(at)]));

describe("a file is refused, with the place, when it", () => {
  it.each([
    { what: "is a text", document: "openapi", field: "file" },
    { what: "is a list", document: [], field: "file" },
    { what: "is nothing", document: null, field: "file" },
    { what: "has no version", document: { paths: {} }, field: "file#/openapi" },
    { what: "has a version to come", document: { openapi: "4.0.0", paths: {} }, field: "file#/openapi" },
    { what: "has a version that is none", document: { openapi: { major: 3 }, paths: {} }, field: "file#/openapi" },
    { what: "is Swagger 1.2", document: { swaggerVersion: "1.2", apis: [] }, field: "file#/openapi" },
    { what: "has no paths", document: { openapi: "3.0.3", info: {} }, field: "file#/paths" },
    { what: "has a list of paths", document: { openapi: "3.0.3", paths: [] }, field: "file#/paths" },
    { what: "has neither paths nor anything else", document: { openapi: "3.1.0" }, field: "file#/paths" },
    {
      what: "has too many operations",
      document: openApi(many(5_001, () => ({ get: { responses: {} } }))),
      field: "file#/paths/~15000/get",
    },
    {
      what: "has too many schemas",
      document: openApi({}, { components: { schemas: Object.fromEntries(Array.from({ length: 20_001 }, (_, at) => [`S${at}`, {}])) } }),
      field: "file#/components/schemas/S20000",
    },
  ])("$what", ({ document, field }) => expect(refusal(document)).toEqual({ code: "invalid_request", fields: [field] }));

  it.each(["3.0.0", "3.0.4", "3.1.0", "3.1.1", "3.1", 3.1, "3.0.0-rc2"])("but not for its version %s", (openapi) =>
    expect(refusal({ openapi, paths: {} })).toBeUndefined(),
  );
});

describe("what is malformed anywhere in a file", () => {
  const whole = {
    ...openApi(
      {
        "/a/{id}": {
          parameters: [{ name: "id", in: "path", schema: { type: "string" } }],
          post: {
            operationId: "a",
            security: [{ key: [] }],
            requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/A" } } } },
            responses: { 200: { description: "", content: { "application/json": { schema: { type: "array", items: {} } } } } },
          },
        },
      },
      {
        components: {
          schemas: { A: { type: "object", properties: { a: { type: "string", enum: ["x"] } }, allOf: [{ not: {} }] } },
          securitySchemes: { key: { type: "oauth2", flows: { clientCredentials: { tokenUrl: "https://a.example.com", scopes: {} } } } },
        },
      },
    ),
  };
  const strange: unknown[] = [null, 5, "text", [], {}, [null], { $ref: 5 }, { $ref: "#/x" }, { $ref: "#" }];

  it("never throws anything but a refusal, wherever it is", () => {
    let tried = 0;
    for (const place of placesIn(whole, [])) {
      for (const value of strange) {
        readOrRefuse(replaced(whole, place, value));
        tried += 1;
      }
    }
    expect(tried).toBeGreaterThan(400);
  });
});

function readOrRefuse(document: unknown): void {
  try {
    readWhole(document);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
}

function* placesIn(value: unknown, place: readonly string[]): Generator<readonly string[]> {
  if (place.length > 0) yield place;
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* placesIn(inner, [...place, key]);
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}
