import { randomBytes } from "node:crypto";
import { describe, expect, onTestFinished, test } from "vitest";
import { createTestClock } from "../harness/clock.ts";
import { startCodeServer } from "../harness/code-server.ts";
import { engines } from "../harness/engines.ts";
import { type RunningMooring, runMooring } from "../harness/mooring.ts";
import { begin, beginningAt, signInConnection } from "../harness/sign-in.ts";
import { loopback } from "../harness/world.ts";

const callbacks = 1000;

describe.each(engines)(`${callbacks} callbacks of one sign-in at once, on $name`, ({ name, prepare }) => {
  test("exchange the code exactly once, on however many nodes (O-1)", async () => {
    const place = await prepare();
    const settings = { ...loopback, MOORING_MASTER_KEY: randomBytes(32).toString("base64") };
    const nodes: RunningMooring[] = [];
    onTestFinished(async () => {
      await Promise.all(nodes.map((node) => node.close()));
      await place.remove();
    });
    // The embedded engine is one process's.
    while (nodes.length < (name === "sqlite" ? 1 : 4)) nodes.push(await runMooring(place, createTestClock(), settings));

    const world = beginningAt((nodes[0] as RunningMooring).origin, nodes[0] as RunningMooring);
    const server = await startCodeServer();
    const { cookie, state, url } = await begin(world, await signInConnection(world, server));
    const path = new URL(url.searchParams.get("redirect_uri") ?? "").pathname;
    const query = new URLSearchParams({ code: "a-code", state });
    const statuses = await Promise.all(
      Array.from({ length: callbacks }, async (_, at) => {
        const { origin } = nodes[at % nodes.length] as RunningMooring;
        const answer = await fetch(new URL(`${path}?${query}`, origin), { headers: { cookie } });
        await answer.arrayBuffer();
        return answer.status;
      }),
    );
    expect(server.exchanges).toHaveLength(1);
    const counts = Map.groupBy(statuses, (status) => status);
    expect(counts.get(204)).toHaveLength(1);
    // A node that is asked more than it can take says so before it looks.
    expect([...counts.keys()].filter((status) => status !== 204 && status !== 400 && status !== 503)).toEqual([]);
  });
});
