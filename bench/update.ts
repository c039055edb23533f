import { fork } from "node:child_process";
import { join } from "node:path";
import { update } from "../server/src/control/connections.ts";
import type { ConnectionId } from "../server/src/kernel/ids.ts";
import type { Engine } from "../server/src/store/database.ts";
import { capture, type Statement } from "./capture.ts";
import { inTurns, median, type Row, ratesText } from "./figures.ts";
import { ordered, startLoad } from "./load.ts";
import { newPlace, type Place, removePlaces, secondPlace, startProgram } from "./place.ts";
import { createSamples, pathOf, withControlPlane } from "./prepare.ts";
import type { Recorded } from "./replay-process.ts";
import { updateOf } from "./sample.ts";

/** How fast UpdateConnection is over HTTP, beside the same statements on the same engine with no HTTP. */
export async function benchUpdate(engine: Engine, postgres: string): Promise<Row[]> {
  const place = await newPlace(engine, postgres);
  const prepared = await prepare(place);
  const other = await secondPlace(place);
  const program = await startProgram(place.settings);
  const load = await startLoad(program.port, prepared.requests);
  const replay = fork(new URL("replay-process.ts", import.meta.url), {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    serialization: "advanced",
  });
  try {
    const at = other.url === undefined ? { file: join(other.dataDir, "mooring.db") } : { url: other.url };
    await ordered(replay, { ...prepared.recorded, at } satisfies Recorded);
    const [http = [], direct = []] = await inTurns(rounds, [
      async () => (await load.run(forMs)).perSecond,
      async () => (await ordered<{ perSecond: number }>(replay, { forMs })).perSecond,
    ]);
    const statements = prepared.recorded.callers[0]?.[0]?.length ?? 0;
    return [
      {
        what: `UpdateConnection over HTTP, ${engine}`,
        bar: { kind: "at least", limit: 0.35, unit: "" },
        value: median(http) / median(direct),
        behind: `${callers} callers: ${ratesText(http)} over HTTP, ${ratesText(direct)} with the same ${statements} statements and no HTTP`,
      },
    ];
  } finally {
    load.stop();
    replay.disconnect();
    await program.stop();
    await removePlaces(place, other);
  }
}

const callers = 16;
const rounds = 5;
const forMs = 3000;

/** A connection for each caller, the two updates that it alternates between, and what each of them executes. */
async function prepare(place: Place) {
  const time = new Date("2026-01-02T03:04:05.678Z");
  return withControlPlane(
    place,
    async (control) => {
      const { deps, call, ids } = control;
      const connections = await createSamples(control, callers);
      const bodies = connections.map((connection) => [updateOf(connection, 1), updateOf(connection, 0)]);
      const requests = connections.map((connection, index) =>
        (bodies[index] ?? []).map((body) => ({ method: "PUT" as const, path: pathOf(connection), body })),
      );
      const recorded: Statement[][][] = [];
      ids.length = 0;
      for (const [index, { id }] of connections.entries()) {
        const transactions: Statement[][] = [];
        for (const body of bodies[index] ?? []) {
          transactions.push(await capture(() => update(deps, call, id as ConnectionId, body as Parameters<typeof update>[3])));
        }
        recorded.push(transactions);
      }
      return { requests, recorded: { callers: recorded, made: { ids: [...ids], time: time.toISOString() } } };
    },
    { now: () => time },
  );
}
