import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Engine } from "../../server/src/store/database.ts";
import type { Row } from "../figures.ts";
import type { Program } from "../place.ts";
import { createWay, type Rig, secret, subscribe, type Way, withRig } from "./rig.ts";

/** How long it takes from sending an event until the destination has it, when nothing else is under way. */
export const benchLatency = (engine: Engine, postgres: string): Promise<Row[]> =>
  withRig(engine, postgres, async (rig) => {
    const program = await rig.program(await rig.place());
    const way = await createWay(program);
    const arrivals = await startArrivals(rig);
    await subscribe(program, way, "posted", arrivals.url, "happened");
    // What is slow only once, such as V8's first look at the code, is not what is measured.
    await latenciesOf(program, way, arrivals, { events: 300, everyMs: 5 });
    const latencies = await latenciesOf(program, way, arrivals, { events: 400, everyMs: 20 });
    const { p50, p99, most } = quantilesOf(latencies);
    const behind = `${latencies.length} events, one every 20 ms: p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}, at most ${most.toFixed(1)} ms`;
    const row = (name: string, limit: number, value: number): Row => ({
      what: `From sender to destination, idle, ${name}, ${engine}`,
      bar: { kind: "at most", limit, unit: "ms" },
      value,
      behind,
    });
    return [row("p50", 15, p50), row("p99", 100, p99)];
  });

/** A destination in this process, which knows when each event arrived. */
export interface ArrivalTimes {
  readonly url: string;
  /** By the mark of the event. */
  readonly atMs: ReadonlyMap<string, number>;
}

export async function startArrivals({ defer }: Rig): Promise<ArrivalTimes> {
  const atMs = new Map<string, number>();
  const server = createServer((request, response) => {
    const nowMs = performance.now();
    let text = "";
    request.setEncoding("latin1").on("data", (piece: string) => {
      text += piece;
    });
    request.on("end", () => {
      response.writeHead(204).end();
      const { mark } = JSON.parse(text) as { mark: string };
      if (!atMs.has(mark)) atMs.set(mark, nowMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, atMs };
}

let marks = 0;

/** Sends events on a schedule, whether those before have arrived or not; from sending to arriving, in ms. Throws when one does not arrive. */
export async function latenciesOf(
  { port }: Program,
  { triggers }: Way,
  { atMs }: ArrivalTimes,
  { events, everyMs }: { events: number; everyMs: number },
): Promise<number[]> {
  const sentMs = new Map<string, number>();
  const answers: Promise<void>[] = [];
  for (let event = 0; event < events; event += 1) {
    const mark = `m${marks++}`;
    const body = JSON.stringify({ mark, what: "x".repeat(980) });
    const headers = { "content-type": "application/json", "x-signature": createHmac("sha256", secret).update(body).digest("hex") };
    sentMs.set(mark, performance.now());
    answers.push(
      fetch(`http://127.0.0.1:${port}${triggers}/happened`, { method: "POST", headers, body }).then(async (response) => {
        if (!response.ok) throw new Error(`An event was answered ${response.status}: ${await response.text()}`);
        await response.arrayBuffer();
      }),
    );
    await pause(everyMs);
  }
  await Promise.all(answers);
  const endsMs = performance.now() + 30_000;
  while ([...sentMs.keys()].some((mark) => !atMs.has(mark))) {
    if (performance.now() > endsMs) throw new Error("Events have not arrived within 30 s.");
    await pause(10);
  }
  return [...sentMs].map(([mark, sent]) => (atMs.get(mark) ?? Number.NaN) - sent);
}

export function quantilesOf(latencies: readonly number[]): { p50: number; p99: number; most: number } {
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), most: at(1) };
}
