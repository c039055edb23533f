import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ActionHTTPCreate } from "@mooring/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "../harness/actors.ts";
import { newAction } from "../harness/content.ts";
import { at, createConnection, smallConnection } from "../harness/samples.ts";
import { loopback, onEachEngine } from "../harness/world.ts";

const seen: string[] = [];
const upstream = createServer((request, response) => {
  seen.push(request.url ?? "");
  request.resume().on("end", () => response.end(request.url));
});
beforeAll(() => new Promise<void>((done) => upstream.listen(0, "127.0.0.1", done)));
afterAll(() => void upstream.close());

onEachEngine(
  "calls of actions",
  (world) => {
    async function given(path = "/v1") {
      const key = await world.as("key");
      const { port } = upstream.address() as AddressInfo;
      const connection = await createConnection(world, smallConnection({ baseUrl: `http://127.0.0.1:${port}` }));
      const params = { connection_id: connection.id, version: "1" };
      await world.must(key, "CreateAction", { params, body: plain({ path }) });
      return { key, connection, params, environment: at(connection.environments, 0) };
    }
    type Given = Awaited<ReturnType<typeof given>>;

    const plain = (changes: Partial<ActionHTTPCreate> = {}) =>
      newAction({ name: "act", method: "POST", path: "/v1", parameters: [], ...changes });

    async function invoke(
      { connection, environment, key }: Given,
      { query = "", input = {}, as = key, org = as.org, action = "act", to = environment.name }: Asking = {},
    ) {
      const address = `/o/${org}/connections/${connection.id}/environments/${to}/actions/${action}/invoke${query}`;
      // Not through the world's client: calls leave no lines in the log, by which its last test counts.
      const answer = await fetch(new URL(address, world.mooring.origin), {
        method: "POST",
        headers: { ...as.headers, "content-type": "application/json" },
        body: JSON.stringify(input),
      });
      const text = await answer.text();
      return answer.status === 200 ? text : `${answer.status} ${(JSON.parse(text) as { code: string }).code}`;
    }
    interface Asking {
      readonly query?: string;
      readonly input?: unknown;
      readonly as?: Actor;
      readonly org?: string;
      readonly action?: string;
      readonly to?: string;
    }

    const json = (name: string, schema: object) => ({
      name,
      accept: ["application/json"],
      schema: { contentType: "application/schema+json", content: JSON.stringify(schema) },
    });

    test("go to the version that is named, and a new default or latest is used by the next", async () => {
      const made = await given();
      const { key, params } = made;
      const all = async () => [
        await invoke(made),
        await invoke(made, { query: "?version=latest" }),
        await invoke(made, { query: "?version=1" }),
      ];
      expect(await all()).toEqual(["404 not_found", "404 not_found", "/v1"]);
      await world.must(key, "PublishConnection", { params });
      expect(await all()).toEqual(["/v1", "/v1", "/v1"]);
      await world.must(key, "CreateConnectionVersion", { params, body: { name: "2" } });
      const second = { ...params, version: "2" };
      await world.must(key, "CreateAction", { params: second, body: plain({ path: "/v2" }) });
      expect([...(await all()), await invoke(made, { query: "?version=2" })]).toEqual(["/v1", "/v1", "/v1", "/v2"]);
      await world.must(key, "PublishConnection", { params: second });
      expect(await all()).toEqual(["/v2", "/v2", "/v1"]);
      const { body: first } = await world.must(key, "GetConnectionVersion", { params });
      await world.must(key, "UpdateConnectionVersion", { params, body: { ...first, isDefault: true } });
      expect(await all()).toEqual(["/v1", "/v2", "/v1"]);
      await world.must(key, "UnpublishConnection", { params });
      expect(await all()).toEqual(["/v2", "/v2", "/v1"]);
    });

    test("hold their input against definitions as they are by then, with all that those refer to", async () => {
      const made = await given();
      const { key, params } = made;
      const definitions = [
        json("Leaf", { type: "string" }),
        json("Node", { type: "object", properties: { next: { $ref: "#/$defs/Node" }, leaf: { $ref: "#/$defs/Leaf" } } }),
      ];
      await world.must(key, "CreateDefinitions", { params, body: { definitions } });
      const body = plain({ name: "typed", requestBody: { required: true, definitions: [{ definition: { name: "Node" } }] } });
      await world.must(key, "CreateAction", { params, body });
      const call = (leaf: unknown) => invoke(made, { query: "?version=1", action: "typed", input: { body: { next: { next: { leaf } } } } });
      expect([await call("a"), await call(1)]).toEqual(["/v1", "400 invalid_request"]);
      const leaf = { ...params, definition_name: "Leaf" };
      const { body: stored } = await world.must(key, "GetDefinition", { params: leaf });
      await world.must(key, "UpdateDefinition", {
        params: leaf,
        body: { ...stored, schema: { contentType: "application/json", content: '{"type":"integer","pattern":"x"}' } },
      });
      expect([await call("a"), await call(1)]).toEqual(["400 invalid_request", "/v1"]);
      await world.must(key, "DeleteDefinition", { params: { ...params, definition_name: "Node" }, query: { force: true } });
      expect(await call(1)).toBe("422 action_incomplete");
    });

    test("see an action and its definition as one state, however often both change under them", async () => {
      const made = await given();
      const { key, params } = made;
      const definitions = ["a", "b"].map((name) => json(name, { type: "object", properties: { is: { const: name } }, required: ["is"] }));
      await world.must(key, "CreateDefinitions", { params, body: { definitions } });
      const typed = (name: string) =>
        plain({ name: "typed", path: `/${name}`, requestBody: { required: true, definitions: [{ definition: { name } }] } });
      const { body: created } = await world.must(key, "CreateAction", { params, body: typed("a") });
      const call = (is: string) => invoke(made, { query: "?version=1", action: "typed", input: { body: { is } } });
      const said: [string, string][] = [];
      let isChanging = true;
      const calling = Array.from({ length: 8 }, async (_, nth) => {
        const is = nth % 2 === 0 ? "a" : "b";
        while (isChanging) said.push([is, await call(is)]);
      });
      for (let round = 0; round < 20; round++) {
        const name = round % 2 === 0 ? "b" : "a";
        await world.must(key, "UpdateAction", { params: { ...params, action_name: "typed" }, body: { id: created.id, ...typed(name) } });
        // What begins after the change sees it.
        expect([await call(name), await call(name === "a" ? "b" : "a")]).toEqual([`/${name}`, "400 invalid_request"]);
      }
      isChanging = false;
      await Promise.all(calling);
      for (const [is, answer] of said) expect([`/${is}`, "400 invalid_request"]).toContain(answer);
      expect(new Set(said.map(([, answer]) => answer)).size).toBe(3);
    });

    test("are for those who may call this environment, and not there for others", async () => {
      const made = await given();
      const other = await given();
      const scopes = ["gateway:call" as const];
      const asked = (as: Actor, more: Asking = {}) => invoke(made, { query: "?version=1", as, ...more });
      const before = seen.length;
      expect(await asked(await world.as("nobody"))).toBe("401 unauthenticated");
      expect(await asked(await world.as("readKey"))).toBe("403 forbidden");
      expect(await asked(await world.as("strangerKey"))).toBe("404 not_found");
      expect(await asked(await world.as("key"), { org: (await world.as("strangerKey")).org })).not.toBe("/v1");
      expect(await asked(await world.keyWith({ scopes, connections: [other.connection.id] }))).toBe("403 forbidden");
      expect(await asked(await world.keyWith({ scopes, environments: [other.environment.id] }))).toBe("403 forbidden");
      expect(await asked(made.key, { to: "nowhere" })).toBe("404 not_found");
      expect(await asked(made.key, { action: "nothing" })).toBe("404 not_found");
      expect(await asked(made.key, { query: "?version=gone" })).toBe("404 not_found");
      expect(seen.length).toBe(before);
      expect(await asked(await world.keyWith({ scopes, environments: [made.environment.id] }))).toBe("/v1");
      expect(await asked(await world.as("gatewayKey"), { to: made.environment.id })).toBe("/v1");
    });

    test("are not found by another connection's or organisation's version and action", async () => {
      const made = await given();
      const stranger = await world.as("strangerKey");
      const theirs = await createConnection(world, smallConnection(), stranger);
      await world.must(stranger, "CreateConnectionVersion", { params: { connection_id: theirs.id }, body: { name: "only theirs" } });
      await world.must(stranger, "CreateAction", {
        params: { connection_id: theirs.id, version: "only theirs" },
        body: plain({ name: "theirAction" }),
      });
      expect(await invoke(made, { query: "?version=only%20theirs", action: "theirAction" })).toBe("404 not_found");
      expect(await invoke(made, { query: "?version=1", action: "theirAction" })).toBe("404 not_found");
    });
  },
  { settings: loopback },
);
