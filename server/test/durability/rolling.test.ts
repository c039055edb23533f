import { Agent, request as httpRequest } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "../harness/actors.ts";
import { engines, type Place } from "../harness/engines.ts";
import { clientOf, type Home, homeOn, type MooringProcess, startProcess } from "../harness/process.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";
import { smallConnection } from "../harness/samples.ts";
import { type Slot, startBalancer } from "./balancer.ts";
import { startOutside } from "./outside.ts";

const restarts = trials({ change: 2, long: 100 });
const [perBatch, batchEveryMs] = [10, 20];
// Where the machine is too slow for that many, fewer are sent, so that no request fails for want of a processor.
const openMax = 64;

describe("a restart loses no request (L-3)", () => {
  let place: Place;
  let home: Home;
  let outside: Awaited<ReturnType<typeof startOutside>>;
  let actor: Actor;
  let paths: { call: string; read: string };
  const nodes: (Slot & { process: MooringProcess })[] = [];

  const start = async () => {
    const process = await startProcess({ ...home.settings, MOORING_SHUTDOWN_WAIT_MS: "1000" });
    return { process, url: process.url };
  };

  beforeAll(async () => {
    place = await (engines[1] as (typeof engines)[number]).prepare();
    outside = await startOutside();
    home = homeOn(place, { MOORING_EGRESS_ALLOW: outside.allow });
    actor = { name: "key", org: home.organisation, headers: { authorization: `Bearer ${home.apiKey}` } };
    nodes.push(await start(), await start());
    const { must } = clientOf((nodes[0] as (typeof nodes)[number]).process);
    const { body } = await must(actor, "CreateHTTPConnection", { body: smallConnection({ baseUrl: outside.url.origin }) });
    const read = `/o/${home.organisation}/connections/${body.id}`;
    paths = { read, call: `${read}/environments/dev/proxy/x` };
  });
  afterAll(async () => {
    await Promise.all(nodes.map(({ process }) => process.kill("SIGKILL")));
    await outside?.stop();
    await place?.remove();
  });

  test(
    `${restarts} times in turns of two nodes, behind a balancer that retries nothing, at 500 requests/s with kept connections`,
    async () => {
      const balancer = await startBalancer(nodes, { watchEveryMs: 100 });
      const load = startLoad(balancer.url);
      for (let at = 0; at < restarts; at++) {
        const node = nodes[at % 2] as (typeof nodes)[number];
        await pause(200);
        expect(await node.process.stop()).toBe(0);
        Object.assign(node, await start());
        await expect.poll(() => balancer.isReady(node)).toBe(true);
      }
      const { statuses, faults } = await load.stop();
      await balancer.stop();
      expect([...balancer.faults, ...faults]).toEqual([]);
      expect([...statuses.keys()]).toEqual([200]);
      process.stdout.write(`${restarts} restarts, ${statuses.get(200)} requests, 0 failed\n`);
    },
    propertyTimeoutMs,
  );

  test("of callers without a balancer, who are told to close their connections before the end", async () => {
    const node = nodes[0] as (typeof nodes)[number];
    let isStopping = false;
    const callers = Array.from({ length: 20 }, async (_, at) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      let answers = 0;
      for (;;) {
        const { status, connection } = await ask(agent, node.url, at % 2 === 0 ? paths.call : paths.read);
        expect(status).toBe(200);
        answers += 1;
        if (connection === "close") return { answers, wasStopping: isStopping };
        await pause(at);
      }
    });
    await pause(100);
    isStopping = true;
    const stopped = node.process.stop();
    const told = await Promise.all(callers);
    expect(told.every(({ wasStopping }) => wasStopping)).toBe(true);
    expect(await stopped).toBe(0);
    Object.assign(node, await start());
  });

  /** Sends on kept connections, without waiting for answers, as many callers do. */
  function startLoad(url: URL) {
    const agent = new Agent({ keepAlive: true });
    const statuses = new Map<number, number>();
    const faults: string[] = [];
    const open = new Set<Promise<void>>();
    let sent = 0;
    const timer = setInterval(() => {
      for (let at = 0; at < perBatch && open.size < openMax; at++) {
        // One in ten is for the control plane.
        const one = count(sent++ % 10 === 0 ? paths.read : paths.call).finally(() => open.delete(one));
        open.add(one);
      }
    }, batchEveryMs);
    return { stop };

    async function count(path: string): Promise<void> {
      try {
        const { status } = await ask(agent, url, path);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      } catch (error) {
        faults.push(String(error));
      }
    }

    async function stop() {
      clearInterval(timer);
      await Promise.all(open);
      agent.destroy();
      return { statuses, faults };
    }
  }

  function ask(agent: Agent, url: URL, path: string): Promise<{ status: number; connection: string | undefined }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; connection: string | undefined }>();
    const sent = httpRequest({ agent, hostname: url.hostname, port: url.port, path, headers: actor.headers });
    sent.on("error", reject).on("response", (response) => {
      const { statusCode = 0, headers } = response;
      response
        .on("error", reject)
        .on("end", () => resolve({ status: statusCode, connection: headers.connection }))
        .resume();
    });
    sent.end();
    return promise;
  }
});
