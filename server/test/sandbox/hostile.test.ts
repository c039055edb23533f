import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { Problem } from "../../src/kernel/errors.ts";
import { createPool } from "../../src/sandbox/pool.ts";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { createValidators } from "../../src/sandbox/validators.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";
import { given, org, otherOrg, urlPrefix } from "./schemas.ts";

const sandbox = createSandbox();
const files = createPool<Uint8Array, { isPolluted: boolean; bytes: number }>({
  worker: new URL("./documents-worker.ts", import.meta.url),
  workersMax: 1,
  heapMiB: 256,
  timeoutMs: 10_000,
  idleMs: 60_000,
  queueMax: 1000,
});
afterAll(() => Promise.all([sandbox.close(), files.close()]));

const settled = (work: Promise<unknown>) =>
  work.then(JSON.stringify, (error: unknown) => (error instanceof Problem ? error.message : String(error)));

describe("Nothing outside of a schema or a file is ever read (J-3)", () => {
  it("whichever way it is referred to", async () => {
    let hits = 0;
    const server = createServer((_, response) => {
      hits += 1;
      response.end('{"type":"string","canary":"canary-4711"}');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const folder = mkdtempSync(join(tmpdir(), "mooring-sandbox-"));
    const file = join(folder, "canary.json");
    writeFileSync(file, '{"type":"string","const":"canary-4711"}');
    const bases = [
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.json`,
      `file://${file}`,
      file,
      `file:${file}`,
      `//127.0.0.1:${(server.address() as AddressInfo).port}/a`,
    ];
    const answers: string[] = [];
    for (const base of bases) for (const make of referring(base)) answers.push(await make());
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
    expect(answers.length).toBeGreaterThanOrEqual(200);
    expect(hits).toBe(0);
    expect(answers.join()).not.toContain("canary-4711");
  });

  function referring(base: string): (() => Promise<string>)[] {
    const schemas: unknown[] = ["$ref", "$dynamicRef", "$id", "$schema", "$recursiveRef", "id"].flatMap((keyword) =>
      ["", "#", "#/const", "#/$defs/a"].map((fragment) => ({ items: { [keyword]: base + fragment }, [keyword]: base + fragment })),
    );
    const xs = (inside: string) => `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">${inside}</xs:schema>`;
    const xml = [
      ...["include", "redefine", "import", "override"].map((name) => xs(`<xs:${name} schemaLocation="${base}"/>`)),
      `<!DOCTYPE a SYSTEM "${base}"><a/>`,
      `<!DOCTYPE a [<!ENTITY b SYSTEM "${base}">]><a>&b;</a>`,
      `<!DOCTYPE a [<!ENTITY % b SYSTEM "${base}"> %b;]><a/>`,
      `<?xml-stylesheet href="${base}"?><a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="${base}"/></a>`,
      `<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="${base}" xsi:schemaLocation="a ${base}"/>`,
    ];
    const any = xs('<xs:element name="a" type="xs:anyType"/>');
    return [
      ...schemas.map((schema) => () => settled(sandbox.checkSchemas(org, { schemas: [given("A", schema)], known: [], urlPrefix }))),
      ...schemas.map(
        (schema, at) => () =>
          settled(
            sandbox.validate({ org, key: `${base} ${at}`, load: () => ({ root: JSON.stringify(schema), definitions: [] }), json: '["a"]' }),
          ),
      ),
      ...xml.map((schema) => () => settled(sandbox.checkSchemas(org, { schemas: [given("A", schema, "text/xml")], known: [], urlPrefix }))),
      ...xml.map((document) => () => settled(sandbox.validateXml({ org, key: "any", load: () => any, xml: document }))),
      ...["$ref: ", "a: !include ", "<<: ", "a: !!file "].map(
        (start) => () => settled(files.run(org, new TextEncoder().encode(start + base))),
      ),
    ];
  }
});

describe("Many schemas (J-5)", () => {
  it("take no more memory than a few", () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const { validate } = createValidators({ bytesMax: 16 * 1024 * 1024 });
    const ask = (at: number) =>
      validate({
        key: `${at}`,
        language: "json",
        text: '{"a":1}',
        bundle: {
          root: JSON.stringify({ properties: { [`p${at}`]: { type: "string", pattern: `^${at}` }, a: { minimum: at } } }),
          definitions: [],
        },
      });
    for (let at = 0; at < 300; at++) void ask(at);
    collect();
    const before = process.memoryUsage().heapUsed;
    const count = trials({ change: 1_000, long: 10_000 });
    for (let at = 300; at < 300 + count; at++) void ask(at);
    collect();
    const grown = process.memoryUsage().heapUsed - before;
    // biome-ignore lint/suspicious/noConsole: how much it took is worth knowing
    console.info(`${count} distinct schemas: the heap grew by ${(grown / 1024 / 1024).toFixed(1)} MiB`);
    expect(grown).toBeLessThan(50 * 1024 * 1024);
  });

  it(
    "with names and values that would like to be code, are data",
    () => {
      const evil = [
        "'",
        '"',
        "`",
        "\\",
        "${globalThis.injected=1}",
        "\n",
        "\u2028",
        "\u2029",
        "*/globalThis.injected=1/*",
        "];globalThis.injected=1;[",
        "constructor",
        "prototype",
        "toString",
        "valueOf",
        "</script>",
        "\0",
        "\ud800",
      ];
      const names = fc
        .array(fc.oneof(fc.constantFrom(...evil), fc.string({ maxLength: 3 })), { minLength: 1, maxLength: 4 })
        .map((parts) => parts.join(""))
        .filter((name) => name !== "__proto__" && name.isWellFormed());
      const { validate } = createValidators({ bytesMax: 1024 * 1024 });
      let key = 0;
      const ask = (schema: unknown, value: unknown) =>
        validate({
          key: `${key++}`,
          language: "json",
          text: JSON.stringify(value),
          bundle: { root: JSON.stringify(schema), definitions: [] },
        });
      const pointer = (name: string) => `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      fc.assert(
        fc.property(names, (name) => {
          const schema = {
            properties: { [name]: { const: name, title: name } },
            required: [name],
            dependentRequired: { [name]: [name] },
            $defs: { [name]: true },
            [`x${name}`]: name,
          };
          expect(ask(schema, { [name]: name })).toEqual([]);
          expect(ask(schema, {})).toEqual([{ pointer: pointer(name), message: "This is required." }]);
          expect(ask({ additionalProperties: false }, { [name]: 1 })).toEqual([
            { pointer: pointer(name), message: "This property is not allowed here." },
          ]);
          expect(ask({ enum: [name, { [name]: name }] }, { [name]: name })).toEqual([]);
          expect(ask({ format: name, dependentSchemas: { [name]: false } }, { [name]: 1 })).toHaveLength(1);
          expect((globalThis as { injected?: unknown }).injected).toBeUndefined();
        }),
        { numRuns: trials({ change: 200, long: 10_000 }) },
      );
    },
    propertyTimeoutMs,
  );
});

describe("What would change all objects changes none (J-6)", () => {
  it(
    "in bodies and in files, here and in the worker",
    async () => {
      const keys = fc.constantFrom("__proto__", "constructor", "prototype", "polluted", "a");
      const { body } = fc.letrec<{ body: unknown }>((tie) => ({
        body: fc.oneof(
          { depthSize: "small" },
          fc.constantFrom(true, 1, "polluted"),
          fc.array(fc.tuple(keys, tie("body")), { maxLength: 3 }).map((entries) => textOf(entries)),
        ),
      }));
      const load = () => ({
        root: '{"properties":{"constructor":{"properties":{"prototype":true}},"a":{"type":"object"}},"unevaluatedProperties":true,"uniqueItems":true}',
        definitions: [],
      });
      await fc.assert(
        fc.asyncProperty(body, async (one) => {
          const text = one instanceof Text ? one.json : JSON.stringify(one);
          await sandbox.validate({ org, key: "pollution", load, json: text });
          const read = await files
            .run(org, new TextEncoder().encode(text))
            .catch((error: unknown) => (error instanceof Problem ? { isPolluted: false } : Promise.reject(error)));
          expect(read.isPolluted).toBe(false);
          expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
          if (text.includes('"__proto__"'))
            expect(await sandbox.validate({ org, key: "pollution", load, json: text })).toEqual([
              { pointer: "", message: expect.stringMatching(/__proto__|twice/) },
            ]);
        }),
        { numRuns: trials({ change: 500, long: 100_000 }) },
      );
    },
    propertyTimeoutMs,
  );

  /** As text, since an object cannot have a key twice, nor easily this one. */
  class Text {
    readonly json: string;
    constructor(json: string) {
      this.json = json;
    }
  }
  const textOf = (entries: readonly (readonly [string, unknown])[]) =>
    new Text(`{${entries.map(([key, value]) => `"${key}":${value instanceof Text ? value.json : JSON.stringify(value)}`).join()}}`);
});

describe("While bombs come without end (J-2)", () => {
  it("all others are answered without an error, and the main thread goes on", async () => {
    const bombs = [
      { root: JSON.stringify(twice(40)), json: "1" },
      { root: '{"items":{"anyOf":[{"$ref":"#/items"},{"properties":{"a":{"$ref":"#/items"}},"required":["a"]}]}}', json: '[{"a":1}]' },
      {
        root: JSON.stringify({
          $defs: {
            a: {
              anyOf: [
                { items: { $ref: "#/$defs/a" }, minItems: 1 },
                { items: { $ref: "#/$defs/a" }, maxItems: 9, not: {} },
              ],
            },
          },
          $ref: "#/$defs/a",
        }),
        json: `${"[".repeat(60)}${"]".repeat(60)}`,
      },
      {
        root: JSON.stringify({ items: { enum: Array.from({ length: 5_000 }, (_, at) => ({ a: [at] })) } }),
        json: JSON.stringify(Array.from({ length: 50_000 }, () => ({ a: [-1] }))),
      },
      {
        root: JSON.stringify({ properties: Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`p${at}`, { type: "string" }])) }),
        json: "{}",
      },
    ];
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const outcomes: Record<string, number> = {};
    let isOver = false;
    const thrower = async (lane: number) => {
      for (let round = 0; round < trials({ change: 5, long: 1_000 }); round++) {
        const bomb = bombs[(round + lane) % bombs.length] as { root: string; json: string };
        const outcome = await settled(
          sandbox.validate({
            org,
            key: `bomb ${(round + lane) % bombs.length}`,
            load: () => ({ root: bomb.root, definitions: [] }),
            json: bomb.json,
          }),
        );
        outcomes[outcome.slice(0, 60)] = (outcomes[outcome.slice(0, 60)] ?? 0) + 1;
      }
    };
    const throwers = Promise.all([0, 1, 2].map(thrower)).then(() => (isOver = true));
    let answered = 0;
    while (!isOver) {
      const faults = await sandbox.validate({
        org: otherOrg,
        key: "good",
        load: () => ({ root: '{"type":"integer"}', definitions: [] }),
        json: answered % 2 ? "1" : '"a"',
      });
      expect(faults).toHaveLength(answered % 2 ? 0 : 1);
      answered += 1;
    }
    await throwers;
    delay.disable();
    // biome-ignore lint/suspicious/noConsole: how long it was held up is worth knowing, and nothing to fail by
    console.info(
      `${answered} answers beside bombs; event loop delay p50 ${ms(delay.percentile(50))}, p99 ${ms(delay.percentile(99))}, max ${ms(delay.max)} ms; ${JSON.stringify(outcomes)}`,
    );
    expect(answered).toBeGreaterThan(0);
  });

  /** Each level asks for the next one twice. */
  function twice(levels: number): unknown {
    const $defs = Object.fromEntries(
      Array.from({ length: levels }, (_, at) => [
        `d${at}`,
        at + 1 < levels ? { allOf: [{ $ref: `#/$defs/d${at + 1}` }, { $ref: `#/$defs/d${at + 1}` }] } : true,
      ]),
    );
    return { $defs, $ref: "#/$defs/d0" };
  }
  const ms = (nanoseconds: number) => (nanoseconds / 1e6).toFixed(1);
});
