import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { boundaryFaults, sourceFiles } from "./boundaries.ts";

const files = sourceFiles(join(import.meta.dirname, ".."));

it("the source keeps its boundaries", () => {
  expect(files.length).toBeGreaterThan(5);
  expect(boundaryFaults(files)).toEqual([]);
});

const planted: [string, string, string][] = [
  ["server/src/kernel/x.ts", 'import { a } from "../domain/a.ts";', "kernel may not import domain"],
  ["server/src/domain/x.ts", 'import type { A } from "../store/a.ts";', "domain may not import store"],
  ["server/src/control/x.ts", 'import {\n  a,\n  b,\n} from "../gateway/a.ts";', "control may not import gateway"],
  ["server/src/gateway/x.ts", 'export { a } from "../control/a.ts";', "gateway may not import control"],
  ["server/src/http/x.ts", 'const a = await import("../store/a.ts");', "http may not import store"],
  ["server/src/http/routes/x.ts", 'import "../../vault/a.ts";', "http may not import vault"],
  ["server/src/net/x.ts", 'import type { A } from "@mooring/contract";', "net may not import contract"],
  ["server/src/store/x.ts", 'import { type A, b } from "@mooring/contract";', "store may not import values of contract"],
  ["server/src/domain/x.ts", 'import { a } from "../../../contract/src/index.ts";', "another workspace is imported by its name"],
  ["server/src/domain/x.ts", 'import { a } from "../../test/a.ts";', "outside of the product's source"],
  ["server/src/plugins/x.ts", "", "the room plugins is not in the table"],
  ["contract/src/x.ts", 'import { a } from "ajv";', "contract may not import ajv"],
  ["server/src/gateway/x.ts", 'import { request } from "undici";', "gateway may not import undici"],
  ["server/src/gateway/x.ts", 'import { connect } from "node:tls";', "gateway may not import node:tls"],
  ["server/src/store/x.ts", 'import { lookup } from "node:dns/promises";', "store may not import node:dns"],
  ["server/src/credentials/x.ts", 'import { request } from "node:https";', "credentials may not import node:https"],
  ["server/src/control/x.ts", 'import type { Kysely } from "kysely";', "control may not import kysely"],
  ["server/src/control/x.ts", 'import { memoryAdapter } from "better-auth/adapters/memory";', "control may not import better-auth"],
  ["server/src/control/x.ts", 'import { a } from "left-pad";', "left-pad has no home"],
  ["server/src/control/x.ts", 'import { a } from "@scope/left-pad/deep";', "@scope/left-pad has no home"],
  [
    "server/src/credentials/x.ts",
    'import { createHash, createCipheriv } from "node:crypto";',
    "createCipheriv of node:crypto is for vault only",
  ],
  ["server/src/people/x.ts", 'import { scrypt } from "node:crypto";', "scrypt of node:crypto is for vault only"],
  ["server/src/people/x.ts", 'import * as crypto from "node:crypto";', "imports all of node:crypto"],
  ["server/src/store/x.ts", "const a = process.env.HOME;", "reads process.env"],
  ["server/src/main.ts", "const { env } = process;", "reads process.env"],
  ["server/src/domain/x.ts", "const a = Date.now();", "reads the machine's clock"],
  ["server/src/domain/x.ts", "const a = new Date();", "reads the machine's clock"],
  ["server/src/credentials/x.ts", "const a = await fetch(url);", "calls out"],
  ["server/src/http/x.ts", "const a = apiKey.reveal();", "reveals a secret"],
  ["server/src/http/x.ts", 'const a = new Function("a");', "runs text as code"],
  ["server/src/store/utils/x.ts", "", "utils says nothing"],
  ["server/src/domain/types.ts", "", "types says nothing"],
  ["server/src/domain/x.ts", "a;\n".repeat(301), "has 301 lines; 300 are the most"],
  ["server/src/main.ts", "a;\n".repeat(151), "has 151 lines; 150 are the most"],
];

const harmless: [string, string, string][] = [
  ["the room itself", "server/src/control/x.ts", 'import { a } from "./a.ts";'],
  ["a room below", "server/src/control/x.ts", 'import { a } from "../store/a.ts";'],
  ["the contract by name", "server/src/domain/x.ts", 'import { a } from "@mooring/contract";'],
  ["types of the contract", "server/src/store/x.ts", 'import type { A } from "@mooring/contract";'],
  ["a library at home", "server/src/net/x.ts", 'import { Agent } from "undici";'],
  ["types of a library that lends them", "server/src/gateway/x.ts", 'import { type Dispatcher } from "undici";'],
  ["a hash", "server/src/people/x.ts", 'import { createHash } from "node:crypto";'],
  ["a time that is given", "server/src/domain/x.ts", "const a = new Date(text);"],
  ["a method called fetch", "server/src/domain/x.ts", "const a = connection.fetch(path);"],
  [
    "a comment",
    "server/src/domain/x.ts",
    '// Date.now() is banned here.\n/** So is process.env,\n * and import { a } from "pg". */\nconst a = 1; // fetch(url)',
  ],
  ["the composition root", "server/src/main.ts", 'import { a } from "./net/a.ts";\nimport { b } from "./control/b.ts";'],
];

describe("the check of boundaries", () => {
  it.each(planted.map(([path, text, fault]) => ({ path, text, fault })))("finds that in $path, $fault", ({ path, text, fault }) => {
    expect(boundaryFaults([{ path, text }])).toEqual([expect.stringContaining(fault)]);
    expect(boundaryFaults([...files, { path, text }]).join()).toContain(fault);
  });

  it.each(harmless)("takes %s", (_name, path, text) => {
    expect(boundaryFaults([{ path, text }])).toEqual([]);
  });
});
