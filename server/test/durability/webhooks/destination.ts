import { fork } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { DestinationOrder, DestinationReport } from "./destination-process.ts";

/** A destination of events in a process of its own. */
export interface Destination {
  readonly url: string;
  /** For MOORING_EGRESS_ALLOW. */
  readonly allow: string;
  /** Tells it what events are signed with, and up to how long it shall take to answer one. */
  expect(order: { key: string; slowMs: number }): void;
  report(): Promise<DestinationReport>;
  stop(): void;
}

export async function startDestination(): Promise<Destination> {
  const child = fork(new URL("destination-process.ts", import.meta.url), { execArgv: ["--disable-warning=ExperimentalWarning"] });
  const [{ port }] = (await once(child, "message")) as [AddressInfo];
  const tell = (order: DestinationOrder) => child.send(order);
  return {
    allow: `127.0.0.1/32:${port}`,
    url: `http://127.0.0.1:${port}/hook`,
    expect: tell,
    async report() {
      const reported = once(child, "message");
      tell("report");
      const [report] = await reported;
      return report as DestinationReport;
    },
    stop: () => child.disconnect(),
  };
}
