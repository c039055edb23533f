import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../src/kernel/clock.ts";
import type { Actor } from "../harness/actors.ts";
import { engines, type Place } from "../harness/engines.ts";
import { clientOf, type Home, homeOn, type MooringProcess, startProcess } from "../harness/process.ts";
import { trials } from "../harness/profile.ts";
import { smallConnection } from "../harness/samples.ts";
import { startSilentProxy } from "../harness/silent-proxy.ts";
import { inspect } from "./inspector.ts";
import { type Seen, startOutside } from "./outside.ts";

const rounds = trials({ change: 5, long: 100 });
// Generous, because a busy machine is late; what was measured is printed.
const seenWithinMs = 5_000;

describe("several nodes on one PostgreSQL (B-5)", () => {
  let place: Place;
  let home: Home;
  let outside: Awaited<ReturnType<typeof startOutside>>;
  let proxy: Awaited<ReturnType<typeof startSilentProxy>>;
  let near: MooringProcess;
  let far: MooringProcess;
  let actor: Actor;

  beforeAll(async () => {
    place = await (engines[1] as (typeof engines)[number]).prepare();
    outside = await startOutside();
    home = homeOn(place, { MOORING_EGRESS_ALLOW: outside.allow });
    actor = { name: "key", org: home.organisation, headers: { authorization: `Bearer ${home.apiKey}` } };
    const { hostname, port } = new URL(place.url ?? "");
    proxy = await startSilentProxy({ host: hostname, port: Number(port) });
    // Both at the same moment, on a database that is empty.
    [near, far] = await Promise.all([startProcess(home.settings), startFar()]);
  });
  afterAll(async () => {
    await Promise.all([near?.stop(), far?.kill("SIGKILL")]);
    await proxy?.stop();
    await outside?.stop();
    await place?.remove();
  });

  /** The node whose way to the database can be cut. */
  const startFar = () => {
    const database = new URL(place.url ?? "");
    database.port = String(proxy.port);
    return startProcess({ ...home.settings, MOORING_DATABASE_URL: database.href, MOORING_LOG_LEVEL: "silent" });
  };
  /** So that it hears of changes again, whatever was done to it before. */
  const restartFar = async () => {
    await far.kill("SIGKILL");
    far = await startFar();
  };
  const newConnection = async (path: string) => {
    const body = smallConnection({ baseUrl: new URL(path, outside.url).href });
    return (await clientOf(near).must(actor, "CreateHTTPConnection", { body })).body;
  };
  const newKey = async () => {
    const { body } = await clientOf(near).must(actor, "CreateApiKey", { body: { name: "short-lived", scopes: ["gateway:call"] } });
    return body;
  };
  const revoke = (id: string) => clientOf(near).must(actor, "DeleteApiKey", { params: { api_key_id: id } });
  /** Calls through the other node; the status, and what the outside system saw. */
  const callFar = async (connectionId: string, key: string) => {
    const path = `/o/${home.organisation}/connections/${connectionId}/environments/dev/proxy/x`;
    const { status, text } = await clientOf(far).raw(path, { headers: { authorization: `Bearer ${key}` } });
    return { status, path: status === 200 ? (JSON.parse(text) as Seen).path : undefined };
  };
  /** Calls until one fails; how long after now the last call began that did not. */
  const msOfLastSuccess = async (connectionId: string, key: string) => {
    const start = systemClock.now().getTime();
    for (let last = 0; ; ) {
      const began = systemClock.now().getTime() - start;
      if ((await callFar(connectionId, key)).status !== 200) return last;
      last = began;
      if (last > seenWithinMs) throw new Error(`It was still accepted after ${last} ms.`);
    }
  };

  test("that start at the same time on an empty database make one organisation and one key, and both serve", async () => {
    const inspector = inspect(place);
    expect(await inspector.rows("select id from organisations")).toEqual([{ id: home.organisation }]);
    expect(await inspector.rows("select name from api_keys")).toEqual([{ name: "First key" }]);
    await inspector.close();
    const made = await newConnection("both");
    const { body } = await clientOf(far).must(actor, "GetConnection", { params: { connection_id: made.id } });
    expect(body).toEqual(made);
  });

  test("each see at once that a key was revoked on another (A-1)", { timeout: 60_000 + rounds * 6_000 }, async () => {
    const { id } = await newConnection("revoked");
    const measured: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const key = await newKey();
      expect(await callFar(id, key.key)).toMatchObject({ status: 200 });
      await revoke(key.id);
      measured.push(await msUntil(async () => (await callFar(id, key.key)).status === 401));
    }
    report("a revoked key is refused by the other node", measured);
  });

  test("each see at once that a connection was changed on another", { timeout: 60_000 + rounds * 6_000 }, async () => {
    const connection = await newConnection("before");
    const measured: number[] = [];
    for (let round = 0; round < rounds; round++) {
      expect((await callFar(connection.id, home.apiKey)).status).toBe(200);
      const { versions: _, ...rest } = connection;
      const body = { ...rest, baseUrl: new URL(`after-${round}`, outside.url).href };
      await clientOf(near).must(actor, "UpdateConnection", { params: { connection_id: connection.id }, body });
      measured.push(await msUntil(async () => (await callFar(connection.id, home.apiKey)).path === `/after-${round}/x`));
    }
    report("a changed connection is used by the other node", measured);
  });

  test("a node whose feed alone went silent finds out by itself", { timeout: 90_000 }, async () => {
    await restartFar();
    const { id } = await newConnection("half-open");
    const key = await newKey();
    expect(await callFar(id, key.key)).toMatchObject({ status: 200 });
    proxy.silence();
    proxy.heal();
    await revoke(key.id);
    report("a revoked key was last accepted by a node whose feed was half open", [await msOfLastSuccess(id, key.key)]);
    await expect.poll(async () => (await callFar(id, key.key)).status, { timeout: 30_000 }).toBe(401);
    await expect.poll(async () => (await callFar(id, home.apiKey)).status, { timeout: 30_000 }).toBe(200);
  });

  test("a node that can no longer hear of changes refuses or fails, and does not accept what was revoked", {
    timeout: 90_000,
  }, async () => {
    await restartFar();
    const { id } = await newConnection("silent");
    const key = await newKey();
    expect(await callFar(id, key.key)).toMatchObject({ status: 200 });
    proxy.silence();
    await revoke(key.id);
    report("a revoked key was last accepted by a node whose database went silent", [await msOfLastSuccess(id, key.key)]);
    for (let call = 0; call < 5; call++) expect((await callFar(id, key.key)).status).not.toBe(200);

    // New connections get through again, the old ones stay half open: it must not believe that nothing happened meanwhile.
    proxy.heal();
    await expect.poll(async () => (await callFar(id, home.apiKey)).status, { timeout: 30_000 }).toBe(200);
    expect((await callFar(id, key.key)).status).toBe(401);
  });

  test("one that is stopped and started again under load costs no answer: the other serves, and nothing ends in 5xx", {
    timeout: 90_000,
  }, async () => {
    let isOver = false;
    const statuses: number[] = [];
    const made: string[] = [];
    const load = Promise.all(["a", "b", "c", "d"].map(createAll));
    try {
      for (let turn = 0; turn < 2; turn++) {
        await pause(200);
        expect(await near.stop()).toBe(0);
        await pause(200);
        near = await startProcess(home.settings);
      }
    } finally {
      isOver = true;
      await load;
    }
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    expect(made.length).toBeGreaterThan(0);
    const inspector = inspect(place);
    const rows = await inspector.rows<{ name: string }>("select name from credentials where name like 'rolling %'");
    await inspector.close();
    const names = rows.map(({ name }) => name);
    expect(made.filter((name) => !names.includes(name))).toEqual([]);

    async function createAll(who: string): Promise<void> {
      for (let number = 0; !isOver; number++) {
        const name = `rolling ${who} ${number}`;
        const sent = {
          body: { name, type: "string", data: { value: "x" } },
          headers: { "idempotency-key": name.replaceAll(" ", "-") },
        } as const;
        // Where the first node is not there, the other is asked, as a balancer would.
        const answer = await clientOf(number % 2 === 0 ? near : far)
          .send(actor, "CreateCredential", sent)
          .catch(() => clientOf(far).send(actor, "CreateCredential", sent));
        statuses.push(answer.status);
        if (answer.status === 201) made.push(name);
      }
    }
  });
});

/** How long until `isSo`, asking all the time. Throws when it takes longer than `seenWithinMs`. */
async function msUntil(isSo: () => Promise<boolean>): Promise<number> {
  const start = systemClock.now().getTime();
  while (!(await isSo())) {
    if (systemClock.now().getTime() - start > seenWithinMs) throw new Error(`It was not so within ${seenWithinMs} ms.`);
    await pause(1);
  }
  return systemClock.now().getTime() - start;
}

function report(what: string, measured: readonly number[]): void {
  const sorted = measured.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  process.stdout.write(`${what}: after ${median} ms (median of ${sorted.length}), ${sorted.at(-1)} ms at most\n`);
}
