import { Agent } from "node:http";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "../../../src/kernel/clock.ts";
import type { Actor } from "../../harness/actors.ts";
import { openLedger } from "../../harness/ledger.ts";
import { clientOf, type MooringProcess } from "../../harness/process.ts";
import type { Inspector } from "../inspector.ts";
import type { Destination } from "./destination.ts";
import type { DestinationReport } from "./destination-process.ts";
import { createReader } from "./reader.ts";
import { createSender } from "./sender.ts";
import { createWay, type Way } from "./way.ts";

/** Senders of events, the destination that they are delivered to, and a program that reads them, around a Mooring that is killed again and again. */
export interface Traffic {
  readonly way: Way;
  /** Sends and reads until the process is gone. */
  work(mooring: MooringProcess): Promise<void>;
  /** Resolves when so many more events were acknowledged, or `work` is over. */
  acknowledgedMore(more: number, work: Promise<unknown>): Promise<void>;
  /** Waits until nothing is on its way any more, which takes as long as the lease of who was killed last, and compares. */
  settle(mooring: MooringProcess, inspector: Inspector): Promise<Settled>;
  stop(): void;
}

/** What became of all events. */
export interface Settled {
  /** What is wrong, a line each. */
  readonly faults: readonly string[];
  readonly acknowledged: number;
  /** How often an event arrived again. */
  readonly again: number;
  /** How long after the last start all of it had been delivered: what was claimed by the killed process is, once its lease has ended. */
  readonly afterMs: number;
}

/** In words, for whoever reads the run. */
export function told({ acknowledged, again, afterMs }: Omit<Settled, "faults">): string {
  const percent = ((100 * again) / acknowledged).toFixed(2);
  return `${acknowledged} events acknowledged, 0 lost, ${again} arrived again (${percent} %), all of the last kill's within ${afterMs} ms`;
}

export interface TrafficOptions {
  readonly actor: Actor;
  readonly destination: Destination;
  /** Where ledgers are kept. */
  readonly folder: string;
}

export async function startTraffic(mooring: MooringProcess, { actor, destination, folder }: TrafficOptions): Promise<Traffic> {
  const way = await createWay(clientOf(mooring), { actor, to: destination.url, isRead: true });
  destination.expect({ key: way.key, slowMs: 20 });
  const senders = names.map((name) => createSender({ name, ledger: openLedger(join(folder, `${name}.ledger`)), way }));
  const reader = createReader({ actor, way });
  const agent = new Agent({ keepAlive: true });
  const acknowledged = () => senders.reduce((sum, { ledger }) => sum + ledger.account.acknowledged, 0);
  return { way, work, acknowledgedMore, settle, stop: () => agent.destroy() };

  async function work(mooring: MooringProcess): Promise<void> {
    await Promise.all([...senders.map((sender) => sender.work(mooring.url, agent)), reader.work(clientOf(mooring))]);
  }

  async function acknowledgedMore(more: number, work: Promise<unknown>): Promise<void> {
    const before = acknowledged();
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    work.then(end, end);
    while (!isOver && acknowledged() < before + more) await pause(5);
  }

  async function settle(mooring: MooringProcess, inspector: Inspector): Promise<Settled> {
    const startedMs = systemClock.now().getTime();
    for (const sender of senders) await sender.finish(mooring.url, agent);
    await reader.work(clientOf(mooring), "none are left");
    while ((await inspector.rows(onTheirWay)).length > 0 && systemClock.now().getTime() - startedMs < settledWithinMs) await pause(100);
    const afterMs = systemClock.now().getTime() - startedMs;
    const report = await destination.report();
    const sent = new Set(senders.flatMap(({ ledger }) => [...ledger.reread().things.keys()]));
    const again = report.events.reduce((sum, { times }) => sum + times - 1, 0);
    const faults = [...arrivalFaults(sent, report), ...readFaults(report, reader)];
    return { faults, acknowledged: acknowledged(), again, afterMs };
  }
}

const names = Array.from({ length: 8 }, (_, index) => `s${index}`);
// Generous, because a busy machine is late; what was measured is printed.
const settledWithinMs = 120_000;
const onTheirWay = "select event_id from deliveries where state <> 'delivered' limit 1";

function arrivalFaults(sent: ReadonlySet<string>, report: DestinationReport): string[] {
  const { events, different, unverified, reasons, overlapping } = report;
  const bodies = events.map(({ sha256 }) => sha256);
  const twice = bodies.toSorted().filter((sha256, at, sorted) => sorted[at - 1] === sha256);
  const arrived = new Set(bodies);
  return [
    ...[...sent].filter((sha256) => !arrived.has(sha256)).map((sha256) => `${sha256} was acknowledged and has not arrived`),
    ...twice.map((sha256) => `${sha256} was sent once and is two events`),
    ...bodies.filter((sha256) => !sent.has(sha256)).map((sha256) => `${sha256} arrived and was never sent`),
    ...(different > 0 ? [`${different} arrived again with another body`] : []),
    ...(unverified > 0 ? [`${unverified} were not verified: ${reasons.join(", ")}`] : []),
    ...(overlapping > 0 ? [`${overlapping} arrived while the same was being delivered`] : []),
  ];
}

/** Whoever reads sees what the destination was sent, and nothing else. */
function readFaults({ events }: DestinationReport, { read, faults }: ReturnType<typeof createReader>): string[] {
  const unread = events.filter(({ id, sha256 }) => read.get(id) !== sha256).map(({ id }) => `${id} arrived and was not read as it arrived`);
  const ids = new Set(events.map(({ id }) => id));
  return [...faults, ...unread, ...[...read.keys()].filter((id) => !ids.has(id)).map((id) => `${id} was read and has not arrived`)];
}
