import Ajv from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { draftWith, newDefinition, ref } from "../harness/content.ts";
import { onEachEngine } from "../harness/world.ts";

/** What Ajv asks for when it follows a reference: nothing but an address. */
const follow = async (uri: string) => (await fetch(uri)).json();

onEachEngine("the address of a schema", (world) => {
  const tree = {
    Tree: { type: "object", required: ["value"], properties: { value: ref("Value"), children: { type: "array", items: ref("Tree") } } },
    Value: { oneOf: [{ type: "string", maxLength: 3 }, ref("Boxed")] },
    Boxed: { type: "object", required: ["tree"], properties: { tree: ref("Tree"), unit: { $ref: "#/$defs/Units/$defs/Length" } } },
    Units: { $defs: { Length: { enum: ["m", "km"] } } },
  };

  test("is all that a JSON Schema tool needs to follow references, circles and pointers into others too", async () => {
    const { byName } = await draftWith(world, tree);
    const validate = await new Ajv2020({ loadSchema: follow }).compileAsync({ $ref: byName.Tree?.url });
    expect(validate({ value: "abc", children: [{ value: { tree: { value: "x" }, unit: "km" } }] })).toBe(true);
    expect(validate({ value: "abc", children: [{ value: { tree: { value: "long" } } }] })).toBe(false);
    expect(validate({ value: { tree: { value: "x" }, unit: "mile" } })).toBe(false);
    expect(validate({ children: [] })).toBe(false);
  });

  test("is as good for draft-07", async () => {
    const $schema = "http://json-schema.org/draft-07/schema#";
    const { byName } = await draftWith(world, {
      Pair: { $schema, type: "array", items: [ref("Item"), { $ref: "#/definitions/Item" }], additionalItems: false },
      Item: { $schema, type: "integer" },
    });
    const validate = await new Ajv.default({ loadSchema: follow, strict: false }).compileAsync({ $ref: byName.Pair?.url });
    expect([validate([1, 2]), validate([1, "2"]), validate([1, 2, 3])]).toEqual([true, false, false]);
  });

  test("answers with the schema's type, its address as $id, and every reference as such an address, which may be sent back", async () => {
    const { params, byName } = await draftWith(world, { ...tree, Own: { $id: "https://example.com/own", items: { $ref: "#" } } });
    const { Boxed, Own } = byName as Record<string, NonNullable<(typeof byName)[string]>>;
    const { status, headers, text } = await world.raw(Boxed?.url ?? "");
    expect([status, headers.get("content-type")]).toEqual([200, "application/schema+json; charset=utf-8"]);
    const base = Boxed?.url.replace(/Boxed$/, "");
    expect(JSON.parse(text)).toEqual({
      $id: Boxed?.url,
      type: "object",
      required: ["tree"],
      properties: { tree: { $ref: `${base}Tree` }, unit: { $ref: `${base}Units#/$defs/Length` } },
    });
    expect(JSON.parse((await world.raw(Own?.url ?? "")).text)).toEqual({ $id: Own?.url, items: { $ref: "#" } });

    const schema = { contentType: "application/schema+json", content: text };
    const key = await world.as("key");
    const { body } = await world.must(key, "UpdateDefinition", {
      params: { ...params, definition_name: "Boxed" },
      body: { ...Boxed, schema },
    });
    expect(body).toEqual(Boxed);
    expect((await world.raw(Boxed?.url ?? "")).text).toBe(text);
  });

  test("follows a definition to its new name, and the old address is gone", async () => {
    const { params, byName } = await draftWith(world, tree);
    const { Value, Tree } = byName as Record<string, NonNullable<(typeof byName)[string]>>;
    const key = await world.as("key");
    const sent = { params: { ...params, definition_name: "Value" }, body: { ...Value, name: "Worth" } };
    const { body } = await world.must(key, "UpdateDefinition", sent);
    expect(JSON.parse((await world.raw(Tree?.url ?? "")).text).properties.value).toEqual({ $ref: body.url });
    expect((await world.raw(Value?.url ?? "")).status).toBe(404);
    const validate = await new Ajv2020({ loadSchema: follow }).compileAsync({ $ref: Tree?.url });
    expect(validate({ value: "abc" })).toBe(true);
  });

  test("leads nowhere from where a definition was deleted by force", async () => {
    const { params, byName } = await draftWith(world, tree);
    const key = await world.as("key");
    await world.must(key, "DeleteDefinition", { params: { ...params, definition_name: "Units" }, query: { force: true } });
    const { properties } = JSON.parse((await world.raw(byName.Boxed?.url ?? "")).text);
    expect((await world.raw(properties.unit.$ref)).status).toBe(404);
  });

  test("has a tag, and answers 304 to whoever has that state", async () => {
    const { params, byName } = await draftWith(world, tree);
    const url = byName.Value?.url ?? "";
    const etag = (await world.raw(url)).headers.get("etag") ?? "";
    const asked = async (tag: string) => world.raw(url, { headers: { "if-none-match": tag } });
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const answer = await asked(tag);
      expect([answer.status, answer.text, answer.headers.get("etag")]).toEqual([304, "", etag]);
    }
    expect((await asked('"other"')).status).toBe(200);
    const sent = {
      params: { ...params, definition_name: "Value" },
      body: { ...byName.Value, ...newDefinition("Value", { type: "null" }) },
    };
    await world.must(await world.as("key"), "UpdateDefinition", sent);
    expect((await asked(etag)).status).toBe(200);
  });

  test("may be read by a page of any site, which it gives nothing but text, and is asked for again each time", async () => {
    const { byName } = await draftWith(world, tree);
    const { headers } = await world.raw(byName.Value?.url ?? "", { headers: { origin: "https://elsewhere.example" } });
    expect(Object.fromEntries(headers)).toMatchObject({
      "access-control-allow-origin": "*",
      "cache-control": "no-cache",
      "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
    });
    expect(headers.has("access-control-allow-credentials")).toBe(false);
  });

  describe("is 404, with the same answer, when anything of it is wrong", () => {
    test.each([
      ["the organisation", (url: string, other: string) => url.replace(/o\/[^/]+/, `o/${other}`)],
      ["an organisation that is none", (url: string) => url.replace(/o\/[^/]+/, "o/x")],
      ["the key", (url: string) => url.replace(/schemas\/.{4}/, "schemas/0000")],
      ["a key in capitals", (url: string) => url.replace(/schemas\/[^/]+/, (part) => `schemas/${part.slice(8).toUpperCase()}`)],
      ["no key", (url: string) => url.replace(/schemas\/[^/]+/, "schemas/")],
      ["the name", (url: string) => `${url}x`],
      ["the name's case", (url: string) => url.replace("Value", "value")],
      ["a name with a NUL", (url: string) => `${url}%00`],
      ["a key with a NUL", (url: string) => url.replace(/schemas\/./, "schemas/%00")],
      ["a name with a slash", (url: string) => `${url}%2fx`],
    ])("%s", async (_what, wrong) => {
      const { byName } = await draftWith(world, tree);
      const answer = await world.raw(wrong(byName.Value?.url ?? "", (await world.as("stranger")).org));
      expect([answer.status, JSON.parse(answer.text).code]).toEqual([404, "not_found"]);
    });
  });

  test("differs from version to version, and ends with its version", async () => {
    const { params, byName } = await draftWith(world, tree);
    const url = byName.Value?.url ?? "";
    expect(url).toMatch(/\/schemas\/[0-9a-f]{32}\/Value$/);
    const other = await draftWith(world, tree);
    expect(other.byName.Value?.url).not.toBe(url);
    const key = await world.as("key");
    await world.must(key, "DeleteConnectionVersion", { params });
    expect((await world.raw(url)).status).toBe(404);
  });

  test("is listed in the document of the API, as open to everybody", async () => {
    const { paths } = JSON.parse((await world.raw("/openapi.json")).text);
    expect(paths["/o/{organisation_id}/schemas/{schema_key}/{definition_name}"].get).toMatchObject({ security: [] });
  });
});
