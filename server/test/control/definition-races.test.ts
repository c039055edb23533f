import { expect, test } from "vitest";
import { draftWith, newDefinition, ref } from "../harness/content.ts";
import { trials } from "../harness/profile.ts";
import { onEachEngine } from "../harness/world.ts";

const rounds = trials({ change: 8, long: 200 });

onEachEngine("definitions that are changed at the same time", (world) => {
  test("as their version is published either are in it or are refused, and what was published never changes", async () => {
    const key = await world.as("key");
    for (let round = 0; round < rounds; round++) {
      const { params, byName } = await draftWith(world, { A: {}, B: { anyOf: [ref("A")] } });
      const named = { ...params, definition_name: "A" };
      const state = async () => [(await world.must(key, "GetDefinitions", { params })).text, (await world.raw(byName.B?.url ?? "")).text];
      const edits = () => [
        world.send(key, "CreateDefinitions", { params, body: { definitions: [newDefinition(`N${world.newId()}`, ref("A"))] } }),
        world.send(key, "UpdateDefinition", { params: named, body: { ...byName.A, description: world.newId() } }),
        world.send(key, "UpdateDefinition", { params: named, body: { ...byName.A, ...newDefinition("A", { title: world.newId() }) } }),
        world.send(key, "DeleteDefinition", { params: named, query: { force: true } }),
        world.send(key, "DeleteDefinitions", { params, body: { names: ["B"] } }),
      ];
      const publish = async () => {
        const { status } = await world.send(key, "PublishConnection", { params });
        return status === 200 ? state() : undefined;
      };
      const around = edits();
      const [published, ...answers] = await Promise.all([publish(), ...around, ...edits()]);
      for (const { status, error, text } of answers) {
        const isUnderstood = status < 400 || [400, 404, 409].includes(status);
        expect(isUnderstood, text).toBe(true);
        if (status === 409) expect(["version_published", "name_taken"]).toContain(error.code);
      }
      if (published) {
        for (const { status } of await Promise.all(edits())) expect(status).toBe(409);
        expect(await state()).toEqual(published);
      }
    }
  });

  test("by many who read the same state are changed by one of them", async () => {
    const key = await world.as("key");
    const { params } = await draftWith(world, { A: {} });
    const named = { ...params, definition_name: "A" };
    for (let round = 0; round < rounds; round++) {
      const { headers, body: before } = await world.must(key, "GetDefinition", { params: named });
      const write = (index: number) => {
        const changes = index % 2 === 0 ? { description: `${round} ${index}` } : newDefinition("A", { title: `${round} ${index}` });
        const sent = { params: named, body: { ...before, ...changes }, headers: { "if-match": headers.get("etag") ?? "" } };
        return world.send(key, "UpdateDefinition", sent);
      };
      const statuses = (await Promise.all(Array.from({ length: 8 }, (_, index) => write(index)))).map(({ status }) => status);
      expect(statuses.sort()).toEqual([200, ...Array(7).fill(412)]);
    }
  });

  test("refer to what their schema named when it was taken, however that was renamed or deleted meanwhile", async () => {
    const key = await world.as("key");
    for (let round = 0; round < rounds; round++) {
      const { params, ids, byName } = await draftWith(world, { A: {}, Other: {} });
      const rename = (name: string, to: string) =>
        world.send(key, "UpdateDefinition", { params: { ...params, definition_name: name }, body: { ...byName[name], name: to } });
      const create = () =>
        world.send(key, "CreateDefinitions", { params, body: { definitions: [newDefinition(`N${world.newId()}`, ref("A"))] } });
      // Whoever is called A, there is one all the time but between these two.
      const [made] = await Promise.all([create(), rename("A", "Z").then(() => rename("Other", "A")), create(), create()]);
      const { body } = await world.must(key, "GetDefinitions", { params, query: { first: 100 } });
      const referrers = body.definitions.flatMap(({ id, referencedBy = [] }) => referencedBy.map((one) => [one.id, id]));
      if (made.status !== 201) expect([made.status, made.error.fields?.[0]?.field]).toEqual([400, "definitions[0].schema.content"]);
      for (const one of body.definitions.filter(({ name }) => name.startsWith("N"))) {
        const used = referrers.filter(([id]) => id === one.id).map(([, id]) => id);
        expect([[ids.A], [ids.Other]]).toContainEqual(used);
        const name = body.definitions.find(({ id }) => id === used[0])?.name;
        expect(JSON.parse((await world.raw(one.url)).text).$ref).toBe(one.url.replace(one.name, name ?? ""));
      }
    }
  });
});
