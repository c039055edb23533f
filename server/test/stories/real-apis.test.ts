import { readFileSync } from "node:fs";
import type { Connection, ImportHTTPConnectionResult } from "@mooring/contract";
import { describe, expect, test } from "vitest";
import { githubApi } from "../../../tools/github-api.ts";
import { trials } from "../harness/profile.ts";
import { loopback, onEachEngine, type World } from "../harness/world.ts";
import { type Described, describedOperations, expectedRequest, sampleInput } from "./described.ts";
import { type ApiFile, call, exampleAt, importNew, useEnvironment } from "./importing.ts";
import { githubCalls, type KnownCall, readmeCalls } from "./known-calls.ts";
import { type Arrived, type OutsideSystem, startOutsideSystem } from "./outside.ts";

const authorization = { schemeType: "api-key", in: "header", name: "Authorization" } as const;
const isLong = trials({ change: 0, long: 1 }) > 0;

let outside: OutsideSystem;
const beside = async () => {
  outside = await startOutsideSystem();
  return { settings: loopback, close: outside.close };
};

interface Imported {
  readonly connection: Connection;
  readonly messages: ImportHTTPConnectionResult["messages"];
  readonly counts: { readonly actions: number; readonly definitions: number };
  readonly secret: string;
}

async function imported(world: World, file: ApiFile): Promise<Imported> {
  const { connection, messages, actions, definitions } = await importNew(world, file);
  const secret = await useEnvironment(world, connection, "live", authorization);
  return { connection, messages, counts: { actions: actions.length, definitions: definitions.length }, secret };
}

/** Invokes an action of the draft; gives what arrived, which must be one request, with no header but those that belong there. */
async function arriving(world: World, { connection, secret }: Imported, action: string, input: unknown): Promise<Arrived> {
  const params = { connection_id: connection.id, version: "1", action_name: action };
  expect((await world.must(await world.as("viewer"), "GetAction", { params })).body.errors).toBeUndefined();
  const answer = await call(world, "invoke", { connection: connection.id, environment: "live", query: "?version=1" }, action, input);
  expect(answer.status, `${action} ${JSON.stringify(input)} ${JSON.stringify(answer.body)}`).toBe(200);
  const all = outside.taken();
  expect(all).toHaveLength(1);
  const [arrived] = all as [Arrived];
  const { "content-type": type, "content-length": length, ...headers } = arrived.headers;
  expect(headers).toEqual({ ...ofTheClient, host: new URL(outside.url).host, authorization: secret });
  if (arrived.body === "") expect([type, length === undefined || length === "0"]).toEqual([undefined, true]);
  else expect(length).toBe(String(Buffer.byteLength(arrived.body)));
  return arrived;
}

// What `fetch` of Node sends by itself and the gateway passes on.
const ofTheClient = {
  accept: "*/*",
  "accept-encoding": "gzip, deflate",
  "accept-language": "*",
  connection: "keep-alive",
  "user-agent": "node",
};

async function arrivesAsKnown(world: World, made: Imported, { action, input, arrives }: KnownCall): Promise<void> {
  const { headers, ...arrived } = await arriving(world, made, action, input);
  const { contentType, body, ...rest } = arrives;
  expect({ ...arrived, body: "" }).toEqual({ ...rest, body: "" });
  expect(headers["content-type"]).toEqual(contentType ?? (body === undefined ? undefined : "application/json"));
  if (typeof body === "function") await body(arrived.body, headers["content-type"] ?? "");
  else expect(arrived.body).toBe(body === undefined ? "" : JSON.stringify(body));
}

onEachEngine(
  "the API of ReadMe",
  (world) => {
    let made: Imported;

    test("is imported, and what is lost is named", async () => {
      made = await imported(world, exampleAt("3.1/json/readme.json", `${outside.url}/v2`));
      expect(made.counts).toEqual({ actions: 54, definitions: 67 });
      expect(made.messages.map(({ severity }) => severity)).not.toContain("error");
      expect(made.messages.map(({ detail }) => detail?.[0])).toEqual(
        expect.arrayContaining(["/components/securitySchemes/bearer", "/paths/~1owlbot~1ask/post/parameters/0", "/x-readme"]),
      );
    });

    test.each(readmeCalls)("$action arrives exactly as $arrives.method $arrives.path", (known) => arrivesAsKnown(world, made, known));
  },
  { beside },
);

// 400 MB of packages are unpacked for it.
describe.runIf(isLong)("GitHub's whole API", () => {
  onEachEngine(
    "as it is",
    (world) => {
      let made: Imported;
      let file: ApiFile;
      let operations: Described[];

      test("is imported, and every kind of loss is named", { timeout: 600_000 }, async () => {
        file = { ...JSON.parse(readFileSync(await githubApi(), "utf8")), servers: [{ url: outside.url }] };
        operations = describedOperations(file);
        made = await imported(world, file);
        expect(made.counts.actions).toBe(operations.length);
        expect(made.counts.definitions).toBeGreaterThan(Object.keys(file.components.schemas).length);
        expect(made.messages.map(({ severity }) => severity)).not.toContain("error");
        for (const place of lostAtGitHub) expect(made.messages.flatMap(({ detail = [] }) => detail)).toContain(place);
      });

      test("is exported again with the operations, parameters, bodies and answers that it came with", { timeout: 600_000 }, async () => {
        const params = { connection_id: made.connection.id, version: "1" };
        const { body } = await world.must(await world.as("key"), "GetConnectionVersionOpenAPI", { params });
        const shape = (one: Described) => ({
          ...one,
          name: one.name.replaceAll("/", "_"),
          parameters: one.parameters.map(({ name, in: place, required = false }) => `${place} ${name} ${required}`).sort(),
          body: Object.keys(one.body ?? {}).sort(),
          statuses: [...one.statuses].sort(),
        });
        expect(describedOperations(body as ApiFile).map(shape)).toEqual(operations.map(shape));
      });

      test.each(githubCalls)("$action arrives exactly as $arrives.method $arrives.path", (known) => arrivesAsKnown(world, made, known));

      test.each(["GET", "POST", "PUT", "PATCH", "DELETE"])("ten operations of %s arrive as the file says", async (method) => {
        const able = operations.filter((one) => one.method === method && (!one.body || one.body["application/json"]));
        for (let at = 0; at < 10; at += 1) {
          const operation = able[Math.floor((at * able.length) / 10)] as Described;
          const input = sampleInput(file, operation);
          const { path, query } = expectedRequest(file, operation, input.parameters);
          const arrived = await arriving(world, made, operation.name.replaceAll("/", "_"), input);
          const pairs = [...new URLSearchParams(arrived.query)].sort();
          const body = input.body === undefined ? "" : JSON.stringify(input.body);
          expect([arrived.method, arrived.path, pairs, arrived.body]).toEqual([method, path, query, body]);
        }
      });
    },
    { beside },
  );
});

/** A place of each kind of thing in the file that has no place in a version. */
const lostAtGitHub = [
  "/paths/~1/get/tags",
  "/paths/~1/get/externalDocs",
  "/paths/~1/get/x-github",
  "/paths/~1/get/responses/200/content/application~1json/examples",
  "/paths/~1/get/operationId",
  "/paths/~1assignments~1{assignment_id}/get/deprecated",
  "/paths/~1agents~1tasks/get/responses/200/headers",
  "/paths/~1repos~1{owner}~1{repo}~1releases~1{release_id}~1assets/post/servers/0",
  "/paths/~1user/get/responses/200/content/application~1json/schema/discriminator",
  "/paths/~1advisories/get/parameters/7/schema",
  "/components/schemas/vulnerability/required",
  "/components/securitySchemes",
];
