import { Agent } from "node:http";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "../../../src/kernel/clock.ts";
import type { Actor } from "../../harness/actors.ts";
import { openLedger } from "../../harness/ledger.ts";
import { clientOf, type MooringProcess } from "../../harness/process.ts";
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
  /** Resolves when so many more events were acknowledged. */
  acknowledgedMore(more: number): Promise<void>;
  /** Waits until all that was acknowledged has arrived, and compares. */
  settle(mooring: MooringProcess): Promise<Settled>;
  stop(): void;
}

/** What became of all events. */
export interface Settled {
  /** What is wrong, a line each. */
  readonly faults: readonly string[];
  readonly acknowledged: number;
  /** How often an event arrived again. */
  readonly again: number;
  /** How long after the last start all of it had arrived. */
  readonly afterMs: number;
}

/** In words, for whoever reads the run. */
export function told({ acknowledged, again, afterMs }: Omit<Settled, "faults">): string {
  const percent = ((100 * again) / acknowledged).toFixed(2);
  return `${acknowledged} events acknowledged, 0 lost, ${again} arrived again (${percent} %), the last ${afterMs} ms after the last start`;
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

  async function acknowledgedMore(more: number): Promise<void> {
    const before = acknowledged();
    while (acknowledged() < before + more) await pause(5);
  }

  async function settle(mooring: MooringProcess): Promise<Settled> {
    const startedMs = systemClock.now().getTime();
    for (const sender of senders) await sender.finish(mooring.url, agent);
    await reader.work(clientOf(mooring), "none are left");
    const sent = new Set(senders.flatMap(({ ledger }) => [...ledger.reread().things.keys()]));
    let report = await destination.report();
    while (missing(sent, report).length > 0 && systemClock.now().getTime() - startedMs < arrivedWithinMs) {
      await pause(100);
      report = await destination.report();
    }
    const afterMs = systemClock.now().getTime() - startedMs;
    const again = report.events.reduce((sum, { times }) => sum + times - 1, 0);
    const faults = [...arrivalFaults(sent, report), ...readFaults(report, reader)];
    return { faults, acknowledged: acknowledged(), again, afterMs };
  }
}

const names = Array.from({ length: 8 }, (_, index) => `s${index}`);
// Generous, because a busy machine is late; what was measured is printed.
const arrivedWithinMs = 120_000;

function missing(sent: ReadonlySet<string>, { events }: DestinationReport): string[] {
  const arrived = new Set(events.map(({ sha256 }) => sha256));
  return [...sent].filter((sha256) => !arrived.has(sha256));
}

function arrivalFaults(sent: ReadonlySet<string>, report: DestinationReport): string[] {
  const { events, different, unverified, reasons, overlapping } = report;
  const bodies = events.map(({ sha256 }) => sha256);
  const twice = bodies.toSorted().filter((sha256, at, sorted) => sorted[at - 1] === sha256);
  return [
    ...missing(sent, report).map((sha256) => `${sha256} was acknowledged and has not arrived`),
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
