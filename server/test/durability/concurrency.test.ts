import type { OperationId } from "@mooring/contract";
import { expect, test } from "vitest";
import type { Actor } from "../harness/actors.ts";
import type { Answer } from "../harness/answers.ts";
import type { Sent } from "../harness/client.ts";
import { trials } from "../harness/profile.ts";
import { createConnection, credentialOf, readConnection, smallConnection } from "../harness/samples.ts";
import { onEachEngine, type World } from "../harness/world.ts";

const rounds = trials({ change: 2, long: 200 });
const times = <Result>(count: number, make: (index: number) => Result): Result[] =>
  Array.from({ length: count }, (_, index) => make(index));
const timeout = 60_000 + rounds * 10_000;

onEachEngine("many at once", (world) => {
  const posts: Record<string, () => { operation: OperationId; body: object }> = {
    "a connection": () => ({ operation: "CreateHTTPConnection", body: smallConnection({ name: `once ${world.newId()}` }) }),
    "a credential": () => ({ operation: "CreateCredential", body: credentialOf.string() }),
    "an API key": () => ({ operation: "CreateApiKey", body: { name: `once ${world.newId()}`, scopes: ["connections:read"] } }),
  };
  test.each(Object.entries(posts))("100 equal POSTs with one Idempotency-Key make one: %s (B-3)", { timeout }, async (_, post) => {
    const key = await world.as("key");
    for (let round = 0; round < rounds; round++) {
      const { operation, body } = post();
      const sent = { body, headers: { "idempotency-key": `round-${world.newId()}` } };
      const answers = await Promise.all(times(100, () => untilAnswered(world, key, operation, sent)));
      const [first] = answers;
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
      expect(new Set(answers.map(({ text }) => text))).toEqual(new Set([first?.text]));
      const made = first?.body as unknown as { id: string; key?: string };
      world.shownOnce.push(made.key ?? "");
      expect(await auditedCreations(world, key, made.id)).toBe(1);
    }
  });

  test("one of many new versions with the same name wins, the others are 409 name_taken (B-4)", { timeout }, async () => {
    const key = await world.as("key");
    for (let round = 0; round < rounds; round++) {
      const { id } = await createConnection(world, smallConnection());
      const sent = { params: { connection_id: id }, body: { name: "2" } };
      const answers = await Promise.all(times(20, () => untilAnswered(world, key, "CreateConnectionVersion", sent)));
      expect(outcomes(answers)).toEqual({ "201": 1, "409 name_taken": 19 });
      expect((await readConnection(world, id)).versions.map(({ name }) => name).toSorted()).toEqual(["1", "2"]);
    }
  });

  test("one of many environments that take the same name wins, the others are 409 name_taken (B-4)", { timeout }, async () => {
    const key = await world.as("key");
    const names = times(10, (index) => `e${index}`);
    for (let round = 0; round < rounds; round++) {
      const environments = names.map((name) => ({ name, credentials: {}, variables: [] }));
      const connection = await createConnection(world, smallConnection({ environments }));
      const answers = await Promise.all(
        connection.environments.map(({ id }) => {
          const params = { connection_id: connection.id, environment_id: id };
          return untilAnswered(world, key, "UpdateEnvironment", { params, body: { id, name: "wanted" } });
        }),
      );
      expect(outcomes(answers)).toEqual({ "200": 1, "409 name_taken": 9 });
      const after = (await readConnection(world, connection.id)).environments.map(({ name }) => name);
      expect(after.filter((name) => name === "wanted")).toHaveLength(1);
      expect(after).toHaveLength(names.length);
    }
  });

  test("50 writers with If-Match lose no update (B-2)", { timeout }, async () => {
    const key = await world.as("key");
    const environmentVariables = [{ name: "count", value: "0" }];
    const { id } = await createConnection(world, smallConnection({ environmentVariables }));
    const params = { connection_id: id };
    const answers = await Promise.all(times(50, writeOften));
    const counted = answers.flat().filter((status) => status === 200).length;
    expect(new Set(answers.flat())).toEqual(new Set([200, 412]));
    const { environments, ...connection } = await readConnection(world, id);
    expect(connection.environmentVariables).toEqual([{ name: "count", value: String(counted) }]);
    expect(environments.map(({ variables }) => variables)).toEqual([connection.environmentVariables]);

    async function writeOften(): Promise<number[]> {
      const statuses: number[] = [];
      for (let round = 0; round < rounds * 4; round++) {
        const { body, headers } = await world.must(key, "GetConnection", { params });
        const { environments: _, ...rest } = body;
        const value = String(Number(rest.environmentVariables[0]?.value) + 1);
        const sent = { params, body: { ...rest, environmentVariables: [{ name: "count", value }] } };
        const answer = await world.send(key, "UpdateConnection", { ...sent, headers: { "if-match": headers.get("etag") ?? "" } });
        statuses.push(answer.status);
      }
      return statuses;
    }
  });
});

/** The answer once there is one: 503 says that the database was too busy and to try again, and so does any client. */
async function untilAnswered(world: World, actor: Actor, operation: OperationId, sent: Sent): Promise<Answer> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const answer = (await world.send(actor, operation, sent)) as Answer;
    if (answer.status !== 503) return answer;
  }
  throw new Error(`${operation} answered 503 twenty times.`);
}

async function auditedCreations(world: World, actor: Actor, id: string): Promise<number> {
  const { body } = await world.must(actor, "ListAudit", { query: { first: 100 } });
  return body.items.filter(({ subject, operation }) => subject.id === id && operation.endsWith(".created")).length;
}

function outcomes(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, error } of answers) {
    const outcome = status < 400 ? String(status) : `${status} ${error.code}`;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}
