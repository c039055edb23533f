import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { median, type Row } from "./figures.ts";
import { apiKey, newPlace, organisation, type Program, removePlaces, startProgram } from "./place.ts";
import { residentMegabytes } from "./processes.ts";
import { seedConnections } from "./seed.ts";

/**
 * How long the program takes from its start to being ready: as on a new clone, with an empty data folder and nothing compiled yet, and
 * on what that start leaves behind.
 */
export async function benchStart(): Promise<Row[]> {
  const fresh: number[] = [];
  const existing: number[] = [];
  for (let round = 0; round < starts; round++) {
    const folder = await mkdtemp(join(tmpdir(), "mooring-bench-"));
    await rm(join(import.meta.dirname, "../node_modules/.cache/mooring"), { recursive: true, force: true });
    for (const times of [fresh, existing]) {
      const program = await startProgram({ MOORING_DATA_DIR: folder });
      times.push(program.readySeconds);
      await program.stop();
    }
    await rm(folder, { recursive: true, force: true });
  }
  return [startRow("fresh", 2, fresh), startRow("existing", 1, existing)];
}

const starts = 5;

function startRow(folder: string, limit: number, times: readonly number[]): Row {
  const shown = times.map((seconds) => seconds.toFixed(2)).join(", ");
  return {
    what: `Start to ready, ${folder} data folder`,
    bar: { kind: "at most", limit, unit: "s" },
    value: median(times),
    behind: `seconds: ${shown}`,
  };
}

/** How much memory the program holds once it has listed 1,000 connections of 10 environments and has nothing to do. */
export async function benchMemory(postgres: string): Promise<Row[]> {
  const place = await newPlace("sqlite", postgres);
  await seedConnections(place, { connections: 1_000, environments: 10 });
  const program = await startProgram(place.settings);
  try {
    const atStart = await residentMegabytes(program.pid);
    const listed = await listAll(program);
    const listing = await residentMegabytes(program.pid);
    await sleep(idleMs);
    const idle = await residentMegabytes(program.pid);
    return [
      {
        what: "Resident memory, idle, 1,000 connections",
        bar: { kind: "at most", limit: 200, unit: "MB" },
        value: idle,
        behind: `${atStart} MB when ready, ${listing} MB after listing ${listed} connections of 10 environments, ${idle} MB ${idleMs / 1000} s later`,
      },
    ];
  } finally {
    await program.stop();
    await removePlaces(place);
  }
}

const idleMs = 5_000;

/** Reads every page of the list; gives the number of connections. */
async function listAll({ port }: Program): Promise<number> {
  let listed = 0;
  for (let after: string | undefined, pages = 0; pages < 100; pages++) {
    const query = new URLSearchParams({ first: "100", ...(after === undefined ? {} : { after }) });
    const address = `http://127.0.0.1:${port}/o/${organisation}/connections?${query}`;
    const response = await fetch(address, { headers: { authorization: `Bearer ${apiKey}` } });
    if (response.status !== 200) throw new Error(`The list answered ${response.status}.`);
    const page = (await response.json()) as { connections: unknown[]; next?: string };
    listed += page.connections.length;
    after = page.next;
    if (after === undefined) break;
  }
  return listed;
}
