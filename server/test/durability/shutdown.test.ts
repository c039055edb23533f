import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { OrganisationId } from "../../src/kernel/ids.ts";
import type { Actor } from "../harness/actors.ts";
import { engines, type Place } from "../harness/engines.ts";
import { clientOf, homeOn, type MooringProcess, startProcess } from "../harness/process.ts";
import { smallConnection } from "../harness/samples.ts";

let place: Place;
let mooring: MooringProcess;
let answerNow: () => void;
const outside = createServer((_request, response) => {
  answerNow = () => response.end("late, but there");
});
const isAsked = once(outside, "request");

beforeAll(async () => {
  outside.listen(0, "127.0.0.1");
  await once(outside, "listening");
  place = await (engines[0] as (typeof engines)[number]).prepare();
});
afterAll(async () => {
  await mooring?.kill("SIGKILL");
  await place?.remove();
  outside.closeAllConnections();
  outside.close();
});

test("a stop lets a call under way end, and does not wait for a connection that was opened and never used, as browsers do (L-3), and leaves the call in the record", async () => {
  const { port } = outside.address() as AddressInfo;
  const home = homeOn(place, { MOORING_EGRESS_ALLOW: `127.0.0.1/32:${port}` });
  const actor: Actor = { name: "key", org: home.organisation, headers: { authorization: `Bearer ${home.apiKey}` } };
  mooring = await startProcess(home.settings);
  const { raw, must } = clientOf(mooring);
  const { body } = await must(actor, "CreateHTTPConnection", { body: smallConnection({ baseUrl: `http://127.0.0.1:${port}` }) });

  const unused = connect(Number(mooring.url.port), "127.0.0.1");
  await once(unused, "connect");
  const call = raw(`/o/${home.organisation}/connections/${body.id}/environments/dev/proxy/slow`, { headers: actor.headers });
  await isAsked;
  const stopped = mooring.stop();
  await once(unused, "close");
  answerNow();
  expect(await call).toMatchObject({ status: 200, text: "late, but there" });
  expect(await stopped).toBe(0);

  const db = await place.open();
  const rows = await db.read(home.organisation as OrganisationId, (tx) => tx.all(sql`select size from call_blocks`));
  await db.close();
  expect(rows).toEqual([{ size: 1 }]);
});

test("after SIGTERM it is unready at once, and serves all the same; a second signal ends it (L-3)", async () => {
  const { port } = outside.address() as AddressInfo;
  const home = homeOn(place, { MOORING_EGRESS_ALLOW: `127.0.0.1/32:${port}`, MOORING_SHUTDOWN_WAIT_MS: "600000" });
  const headers = { authorization: `Bearer ${home.apiKey}` };
  const other = await (engines[0] as (typeof engines)[number]).prepare();
  try {
    mooring = await startProcess({ ...home.settings, MOORING_DATA_DIR: other.dataDir });
    const { raw } = clientOf(mooring);
    process.kill(mooring.pid, "SIGTERM");
    await expect.poll(async () => (await raw("/readyz")).status).toBe(503);
    expect(await raw("/healthz")).toMatchObject({ status: 200 });
    const answer = await raw(`/o/${home.organisation}/connections`, { headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("connection")).not.toBe("close");
    expect(await mooring.kill("SIGTERM")).toBeNull();
  } finally {
    await mooring.kill("SIGKILL");
    await other.remove();
  }
});
