import type { Engine } from "../server/src/store/database.ts";
import { inTurns, median, type Row } from "./figures.ts";
import { startLoad } from "./load.ts";
import { newPlace, organisation, removePlaces, startProgram } from "./place.ts";
import { seedConnections } from "./seed.ts";

/** How long the first page of ListConnections takes among many connections, beside how long among few. */
export async function benchList(engine: Engine, postgres: string): Promise<Row[]> {
  const places = [await newPlace(engine, postgres), await newPlace(engine, postgres)] as const;
  const sizes = [few, many];
  for (const [index, place] of places.entries()) await seedConnections(place, { connections: sizes[index] ?? 0, environments: 2 });
  const programs = [await startProgram(places[0].settings), await startProgram(places[1].settings)];
  const asked = [{ method: "GET", path: `/o/${organisation}/connections` } as const];
  const loads = await Promise.all(programs.map(({ port }) => startLoad(port, [asked])));
  try {
    const [amongFew = [], amongMany = []] = await inTurns(
      rounds,
      loads.map((load) => async () => (await load.run(forMs)).medianMs),
    );
    return [
      {
        what: `First page of ListConnections, ${engine}`,
        bar: { kind: "at most", limit: 2, unit: "" },
        value: median(amongMany) / median(amongFew),
        behind:
          `one caller, 20 connections of 2 environments: median ${median(amongMany).toFixed(2)} ms among ${many.toLocaleString("en")}, ` +
          `${median(amongFew).toFixed(2)} ms among ${few.toLocaleString("en")}`,
      },
    ];
  } finally {
    for (const load of loads) load.stop();
    for (const program of programs) await program.stop();
    await removePlaces(...places);
  }
}

const few = 1_000;
const many = 100_000;
const rounds = 5;
const forMs = 1000;
