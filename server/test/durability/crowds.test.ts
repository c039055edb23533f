import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../src/kernel/clock.ts";
import { type Actor, createActors } from "../harness/actors.ts";
import { createClient } from "../harness/client.ts";
import { engines } from "../harness/engines.ts";
import { runMooring } from "../harness/mooring.ts";
import { smallConnection } from "../harness/samples.ts";

const callsMax = 16;
const share = 12;

const held: ServerResponse[] = [];
/** An outside system that answers `/hold` only when it is told to. */
const outside = createServer((request, response) => {
  if (request.url === "/hold") held.push(response);
  else response.end("quick");
});

beforeAll(() => new Promise<void>((resolve) => outside.listen(0, "127.0.0.1", resolve)));
afterAll(() => {
  outside.closeAllConnections();
  outside.close();
});

test.each(engines)(
  "an organisation that floods at ten times its limit costs another no call, and is well itself afterwards, on $name (T-4)",
  async ({ prepare }) => {
    const place = await prepare();
    const { port } = outside.address() as AddressInfo;
    const mooring = await runMooring(place, systemClock, {
      MOORING_CALLS_MAX: String(callsMax),
      MOORING_EGRESS_ALLOW: `127.0.0.1/32:${port}`,
    });
    const client = createClient(mooring.origin, { answers: 0, leaks: [] }, mooring.logLines);
    const actors = createActors({ client, clock: systemClock, shownOnce: [], ...mooring });
    try {
      const [crowd, other] = await Promise.all([callerOf(await actors.as("key")), callerOf(await actors.as("strangerKey"))]);
      const flooded = Array.from({ length: 10 * callsMax }, () => crowd("hold"));
      await expect.poll(() => held.length).toBe(share);
      const statuses: number[] = [];
      for (let at = 0; at < 40; at++) statuses.push((await other("quick")).status);
      expect(statuses).toEqual(Array(40).fill(200));
      expect(held).toHaveLength(share);

      // Those that waited give up, and only then is there an answer for the rest.
      await expect.poll(() => answered(flooded), { timeout: 20_000 }).toBe(10 * callsMax - share);
      for (const response of held.splice(0)) response.end("late, but there");
      const answers = await Promise.all(flooded);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(share);
      for (const { status, headers } of answers)
        if (status !== 200) expect([status, headers.get("retry-after")]).toEqual([503, expect.stringMatching(/^[1-3]$/)]);
      const after = await Promise.all([...Array.from({ length: share }, () => crowd("quick")), other("quick")]);
      expect(new Set(after.map(({ status }) => status))).toEqual(new Set([200]));
    } finally {
      await mooring.close();
      await place.remove();
    }

    /** What calls a connection of its own organisation. */
    async function callerOf(actor: Actor) {
      const { body } = await client.must(actor, "CreateHTTPConnection", { body: smallConnection({ baseUrl: `http://127.0.0.1:${port}` }) });
      return (path: string) =>
        client.raw(`/o/${actor.org}/connections/${body.id}/environments/dev/proxy/${path}`, { headers: actor.headers });
    }
  },
);

/** How many of them are over. */
async function answered(calls: readonly Promise<unknown>[]): Promise<number> {
  const open = Symbol("open");
  const now = await Promise.all(calls.map((call) => Promise.race([call, Promise.resolve(open)])));
  return now.filter((one) => one !== open).length;
}
