import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import type { Engine } from "../../server/src/store/database.ts";
import { median, type Row } from "../figures.ts";
import { ordered } from "../load.ts";
import type { Place, Program } from "../place.ts";
import { type ArrivalTimes, latenciesOf, quantilesOf, startArrivals } from "./latency.ts";
import { createWay, type Rig, subscribe, type Way, withRig } from "./rig.ts";

/** What a destination that takes connections and answers nothing, with 100,000 events waiting for it, costs the events of another. */
export const benchDead = (engine: Engine, postgres: string): Promise<Row[]> =>
  withRig(engine, postgres, async (rig) => {
    const arrivals = await startArrivals(rig);
    const alone = await sideOf(rig, arrivals, 0);
    const beside = await sideOf(rig, arrivals, waiting);
    const [without, withDead]: number[][] = [[], []];
    for (let round = 0; round <= rounds; round += 1) {
      const one = quantilesOf(await latenciesOf(alone.program, alone.way, arrivals, schedule)).p99;
      const other = quantilesOf(await latenciesOf(beside.program, beside.way, arrivals, schedule)).p99;
      // The first only warms up.
      if (round === 0) continue;
      without?.push(one);
      withDead?.push(other);
    }
    const shown = (values: readonly number[] = []) => values.map((value) => value.toFixed(1)).join(", ");
    return [
      {
        what: `p99 of a destination beside a dead one with 100,000 waiting, ${engine}`,
        bar: { kind: "at most", limit: 2, unit: "" },
        value: median(withDead ?? []) / median(without ?? []),
        behind: `100 events/s, ms from sender to destination, each round: ${shown(withDead)}; with nothing waiting ${shown(without)}`,
      },
    ];
  });

const waiting = 100_000;
const rounds = 5;
const schedule = { events: 300, everyMs: 10 };

/** A program of its own, with so many events waiting for a destination that answers nothing. */
async function sideOf(rig: Rig, arrivals: ArrivalTimes, events: number): Promise<{ program: Program; way: Way }> {
  const place = await rig.place();
  const first = await rig.program(place);
  const way = await createWay(first);
  await subscribe(first, way, "posted", arrivals.url, "happened");
  await subscribe(first, way, "dead", await startSilent(rig), "other");
  await first.stop();
  if (events > 0) await keepEvents(rig, place, way, events);
  return { program: await rig.program(place), way };
}

async function startSilent({ defer }: Rig): Promise<string> {
  const server = createServer((socket) => void socket.on("error", () => {}).resume());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  defer(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

/** Has so many events of the trigger `other` kept, while no program runs. */
async function keepEvents({ fork }: Rig, { dataDir, url }: Place, { connectionId, environmentId }: Way, events: number): Promise<void> {
  const child = fork("rows-process.ts");
  const event = {
    ...{ connectionId, environmentId, origin: "verified", type: "trigger", triggerName: "other", method: "POST", target: "/other" },
    ...{ headers: [], contentType: "application/json", body: JSON.stringify({ what: "x".repeat(1000) }), fits: true },
    verification: { passed: true, steps: [] },
  };
  await ordered(child, { dataDir, url, event });
  await ordered(child, { batch: 500, rows: events });
  child.disconnect();
}
