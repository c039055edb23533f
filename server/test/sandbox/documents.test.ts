import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { Problem } from "../../src/kernel/errors.ts";
import type { OrganisationId } from "../../src/kernel/ids.ts";
import { fileLimits, readDocument } from "../../src/sandbox/documents.ts";
import { createPool } from "../../src/sandbox/pool.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";
import { bombs } from "./bombs.ts";

const org = "01KA0RG0000000000000000001" as OrganisationId;
const worker = new URL("./documents-worker.ts", import.meta.url);
const pool = createPool<Uint8Array, { format: string; isPolluted: boolean }>({
  worker,
  workersMax: 1,
  heapMiB: 256,
  timeoutMs: 10_000,
  idleMs: 60_000,
  queueMax: 1000,
});
afterAll(() => pool.close());

const read = (text: string, format?: "json" | "yaml") => readDocument(new TextEncoder().encode(text), fileLimits, format).value;

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
  throw new Error("It was read.");
}

describe("A file that was made to harm (J-1)", () => {
  it("is refused, whichever it is, and the process lives", async () => {
    const corpus = bombs();
    const before = process.memoryUsage().rss;
    let most = before;
    const sample = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 5);
    const codes: Record<string, number> = {};
    const read: string[] = [];
    for (const { name, bytes } of corpus) {
      const code = await pool.run(org, bytes).then(
        () => read.push(name),
        (error: unknown) => (error instanceof Problem ? error.code : String(error)),
      );
      codes[code] = (codes[code] ?? 0) + 1;
    }
    clearInterval(sample);
    // biome-ignore lint/suspicious/noConsole: how much it took is worth knowing, and nothing to fail by
    console.info(`${corpus.length} bombs: ${JSON.stringify(codes)}; RSS ${mebi(before)} MiB before, ${mebi(most)} MiB at most`);
    expect(read).toEqual([]);
    expect(Object.keys(codes).toSorted()).toEqual(["malformed_document", "too_large"]);
    expect(corpus.length).toBeGreaterThanOrEqual(50);
    const after = await pool.run(org, new TextEncoder().encode('{"a":1}'));
    expect(after).toMatchObject({ format: "json", isPolluted: false });
  });
});

describe("What is wrong with a file is told with its place", () => {
  it.each([
    ['{\n  "a": 1,\n  "b": 2,\n  "a": 3\n}', "Line 4, column 3: The object has this key twice."],
    ['{\n  "a": 1\n  "b": 2\n}', "Line 3, column 3: A comma or } is missing."],
    ['{"a": tru}', "Line 1, column 7: A value is missing."],
    ['{"a": 1,}', "Line 1, column 9: A key in double quotes is missing."],
    ['{"a": "x', "Line 1, column 7: The text is not closed, or has a character or escape that JSON does not know."],
    ['{"a": [1, 2', "Line 1, column 12: The document ends too early."],
    ['{"a": 1} x', "Line 1, column 10: There is something after the end."],
    ["a:\n  b: 1\n  b: 2\n", "Line 3, column 3: The object has this key twice."],
    ["a: 1\n---\nb: 2\n", "Line 2, column 1: A second document begins here; only one can be read."],
    ["a:\n  <<: 1\n", "Line 2, column 3: Merge keys are not of YAML 1.2."],
    ["a: .nan\n", "Line 1, column 4: It is nothing that JSON could say."],
    [`[${"[".repeat(70)}`, "Line 1, column 65: It is nested deeper than 64 levels."],
  ])("%j: %s", (text, message) => {
    expect(messageOf(() => read(text))).toBe(message);
  });

  it("names the line of a byte that is not UTF-8, and the other encoding", () => {
    const broken = Buffer.concat([Buffer.from('{\n"\ufffd": "'), Buffer.from([0xe9]), Buffer.from('"}')]);
    expect(messageOf(() => readDocument(broken, fileLimits))).toBe("Line 2, column 7: There is a byte that is not UTF-8.");
    expect(messageOf(() => readDocument(Buffer.from("a: 1", "utf16le"), fileLimits))).toBe("It is written in UTF-16; send it in UTF-8.");
  });
});

describe("What a file says", () => {
  const plain = fc.jsonValue({ maxDepth: 5 }).filter((value) => !JSON.stringify(value).includes("__proto__") && value !== null);

  it(
    "is the same in JSON and in YAML",
    () => {
      fc.assert(
        fc.property(plain, (value) => {
          const json = JSON.stringify(value);
          expect(read(json, "json")).toEqual(JSON.parse(json));
          expect(read(stringify(JSON.parse(json)), "yaml")).toEqual(JSON.parse(json));
        }),
        { numRuns: trials({ change: 500, long: 100_000 }) },
      );
    },
    propertyTimeoutMs,
  );

  it(
    "is what the parser of Node says, for every text that is JSON, and for no other",
    () => {
      const text = fc.oneof(
        plain.map((value) => JSON.stringify(value)),
        fc.tuple(plain, fc.nat(), fc.constantFrom(...'{}[],:"\\0-e.tn \n')).map(([value, at, sign]) => {
          const json = JSON.stringify(value);
          const place = at % (json.length + 1);
          return json.slice(0, place) + sign + json.slice(place + (at % 2));
        }),
      );
      fc.assert(
        fc.property(text, (given) => {
          let expected: unknown;
          try {
            expected = JSON.parse(given);
          } catch {
            expect(messageOf(() => read(given, "json"))).toMatch(/^(Line \d+, column \d+: .*\.|The document is empty\.)$/);
            return;
          }
          // A change may have made two keys alike.
          try {
            expect(read(given, "json")).toEqual(expected);
          } catch (error) {
            expect((error as Error).message).toContain("this key twice");
          }
        }),
        { numRuns: trials({ change: 2_000, long: 500_000 }) },
      );
    },
    propertyTimeoutMs,
  );

  it("has what an alias stands for at each place anew", () => {
    const value = read("a: &a {b: [1]}\nc: *a\n") as Record<string, { b: number[] }>;
    expect(value).toEqual({ a: { b: [1] }, c: { b: [1] } });
    expect(value.a).not.toBe(value.c);
  });

  it("is read with a mark of the byte order, and with numbers, booleans and nothing as keys", () => {
    expect(read('\ufeff{"a":1}')).toEqual({ a: 1 });
    expect(read("200: a\ntrue: b\nnull: c\n0x10: d\n")).toEqual({ 200: "a", true: "b", null: "c", 16: "d" });
  });
});

describe("Real API files", () => {
  const folder = join(import.meta.dirname, "../../../node_modules/@readme/oas-examples");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => /\.(json|ya?ml)$/.test(name) && name !== "package.json",
  );

  it("are read within the limits, every one", () => {
    expect(files.length).toBeGreaterThan(50);
    for (const name of files) {
      const bytes = readFileSync(join(folder, name));
      const { value, format } = readDocument(bytes, fileLimits);
      if (format === "json") expect(value, name).toEqual(JSON.parse(bytes.toString()));
      else expect(value, name).toBeTypeOf("object");
    }
  });
});

const mebi = (bytes: number) => Math.round(bytes / 1024 / 1024);
