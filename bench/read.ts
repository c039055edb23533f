import { fork } from "node:child_process";
import type { Engine } from "../server/src/store/database.ts";
import { inTurns, median, type Row, ratesText } from "./figures.ts";
import { type Asked, ordered, startLoad } from "./load.ts";
import { apiKey, newPlace, removePlaces, startProgram } from "./place.ts";
import { createSamples, pathOf, withControlPlane } from "./prepare.ts";

/** How fast GetConnection is, beside a bare Fastify route that answers the same bytes. */
export async function benchRead(engine: Engine, postgres: string): Promise<Row[]> {
  const place = await newPlace(engine, postgres);
  const connections = await withControlPlane(place, (control) => createSamples(control, connectionsCount));
  const program = await startProgram(place.settings);
  const bare = fork(new URL("bare-fastify.ts", import.meta.url));
  try {
    const requests = connections.map((connection): Asked => ({ method: "GET", path: pathOf(connection) }));
    const text = await textOf(program.port, requests[0]?.path ?? "");
    const { port } = await ordered<{ port: number }>(bare, { text });
    // Each caller begins at another connection.
    const asked = Array.from({ length: callers }, (_, caller) =>
      requests.map((_, index) => requests[(caller + index) % requests.length] as Asked),
    );
    const loads = [await startLoad(program.port, asked), await startLoad(port, asked)];
    const [mooring = [], fastify = []] = await inTurns(
      rounds,
      loads.map((load) => async () => (await load.run(forMs)).perSecond),
    );
    for (const load of loads) load.stop();
    return [
      {
        what: `GetConnection over HTTP, ${engine}`,
        bar: { kind: "at least", limit: 0.35, unit: "" },
        value: median(mooring) / median(fastify),
        behind: `${callers} callers, ${text.length} bytes, ${connectionsCount} connections: ${ratesText(mooring)}; bare Fastify ${ratesText(fastify)}`,
      },
    ];
  } finally {
    bare.disconnect();
    await program.stop();
    await removePlaces(place);
  }
}

const callers = 64;
const connectionsCount = 16;
const rounds = 5;
const forMs = 2000;

async function textOf(port: number, path: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${apiKey}` } });
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}.`);
  return response.text();
}
