import type { Verification } from "@mooring/contract";
import type { Engine } from "../../server/src/store/database.ts";
import { median, type Row, ratesText } from "../figures.ts";
import { ordered } from "../load.ts";
import type { Place, Program } from "../place.ts";
import { cpuSecondsOf } from "../processes.ts";
import { asked, createWay, type Rig, sendersOf, type Way, withRig } from "./rig.ts";
import type { RowsAt } from "./rows-process.ts";

/**
 * Events taken in per second, verified, of 1 KB, from 64 senders, beside how fast the same engine commits the same rows durably with no
 * HTTP: as many in one transaction as the program put together, and one by one.
 */
export const benchIngest = (engine: Engine, postgres: string): Promise<Row[]> =>
  withRig(engine, postgres, async (rig) => {
    const program = await rig.program(await rig.place());
    const way = await createWay(program);
    const send = sendersOf(rig, program, way);
    await send(forMs);
    const rows = await rowsOf(rig, await sampleOf(program, way));
    const [http, together, alone, sizes]: [Rate[], Rate[], Rate[], number[]] = [[], [], [], []];
    for (let round = 0; round <= rounds; round += 1) {
      const before = await batchesOf(program);
      const taken = await rated(program.pid, () => send(forMs));
      const batch = Math.max(1, Math.round(taken.answers / ((await batchesOf(program)) - before)));
      const direct = await rows(batch);
      const single = await rows(1);
      // The first only warms up.
      if (round === 0) continue;
      http.push(taken);
      together.push(direct);
      alone.push(single);
      sizes.push(batch);
    }
    return rowsFor(engine, { http, together, alone, size: median(sizes) });
  });

const rounds = 5;
const forMs = 2_000;

/** What one run found: how many in a second, and how much of a processor's time each took the process that was looked at. */
interface Rate {
  readonly answers: number;
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

async function rated(pid: number, run: () => Promise<{ answers: number; seconds: number }>): Promise<Rate> {
  const before = await cpuSecondsOf([pid]);
  const { answers, seconds } = await run();
  const cpuMicroseconds = (((await cpuSecondsOf([pid])) - before) * 1e6) / answers;
  return { answers, perSecond: answers / seconds, cpuMicroseconds };
}

function rowsFor(engine: Engine, { http, together, alone, size }: { http: Rate[]; together: Rate[]; alone: Rate[]; size: number }): Row[] {
  const perSecond = (rates: readonly Rate[]) => rates.map((rate) => rate.perSecond);
  const cpu = (rates: readonly Rate[]) => `${Math.round(median(rates.map(({ cpuMicroseconds }) => cpuMicroseconds)))} µs`;
  const behind =
    `64 senders: ${ratesText(perSecond(http))}, ${size} in a transaction; no HTTP: ${ratesText(perSecond(together))}; ` +
    `one by one: ${ratesText(perSecond(alone))}; processor time for each ${cpu(http)}, no HTTP ${cpu(together)}`;
  const row = (beside: string, limit: number, others: readonly Rate[]): Row => ({
    what: `Events taken in, beside ${beside}, ${engine}`,
    bar: { kind: "at least", limit, unit: "" },
    value: median(perSecond(http)) / median(perSecond(others)),
    behind,
  });
  return [row("their rows committed alike", 0.5, together), row("one commit for each", 3, alone)];
}

/** How many transactions kept events so far. */
async function batchesOf({ port }: Program): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^mooring_event_batches_total (\d+)$/m.exec(metrics)?.[1]);
}

/** An event as the program keeps it. */
async function sampleOf(program: Program, { connectionId, environmentId }: Way): Promise<RowsAt["event"]> {
  const { events } = await asked<{ events: { id: string }[] }>(program, `connections/${connectionId}/events?first=1`);
  const kept = await asked<KeptEvent>(program, `connections/${connectionId}/events/${events[0]?.id}`);
  return {
    connectionId,
    environmentId,
    origin: "verified",
    type: "trigger",
    triggerName: "happened",
    method: "POST",
    target: kept.target,
    headers: kept.headers.flatMap(({ name, value }) => [name, value]),
    contentType: "application/json",
    body: kept.body,
    fits: kept.fits,
    faults: undefined,
    verification: kept.verification,
    sealed: undefined,
  };
}

interface KeptEvent {
  readonly target: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: string;
  readonly fits?: boolean;
  readonly verification: Verification;
}

/** Another place with a connection of its own, and a process that commits rows there. */
async function rowsOf(rig: Rig, sample: RowsAt["event"]): Promise<(batch: number) => Promise<Rate>> {
  const place: Place = await rig.place();
  const program = await rig.program(place);
  const { connectionId, environmentId } = await createWay(program);
  await program.stop();
  const child = rig.fork("rows-process.ts");
  const { dataDir, url } = place;
  await ordered(child, { dataDir, url, event: { ...sample, connectionId, environmentId } });
  return (batch) => rated(child.pid ?? 0, () => ordered(child, { batch, forMs }));
}
