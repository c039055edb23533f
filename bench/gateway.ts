import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

/**
 * Calls through the gateway, and through a bare loop of node:http and undici that adds one fixed header: 64 callers, a 1 KB answer, one
 * process each, in turns in the same run. `ratio` is that of the medians of calls per second; `cpuRatio`, of calls per second of
 * processor time, hardly moves when the machine has other work.
 */
export async function benchGateway({ rounds = 3, forMs = 4000 }: { rounds?: number; forMs?: number } = {}): Promise<GatewayFigures> {
  const upstream = await started("gateway-upstream.ts");
  const origin = `http://127.0.0.1:${upstream.port}`;
  const load = fork(new URL("gateway-load.ts", import.meta.url), { execArgv });
  const bare = { ...(await started("gateway-bare.ts", origin)), path: "/api/orders?page=2" };
  const gateway = { ...(await started("gateway-server.ts", origin)), path: `${proxyPath}/orders?page=2` };
  const figures: { bare: Round[]; gateway: Round[] } = { bare: [], gateway: [] };
  try {
    for (const one of [bare, gateway]) await measured(load, one, 1500);
    for (let round = 0; round < rounds; round += 1) {
      figures.bare.push(await measured(load, bare, forMs));
      figures.gateway.push(await measured(load, gateway, forMs));
    }
  } finally {
    for (const { child } of [upstream, bare, gateway, { child: load }]) if (child.connected) child.disconnect();
  }
  const ratioOf = (figure: keyof Round) =>
    median(figures.gateway.map((one) => one[figure])) / median(figures.bare.map((one) => one[figure]));
  return { ...figures, ratio: ratioOf("perSecond"), cpuRatio: ratioOf("perCpuSecond") };
}

export interface GatewayFigures {
  readonly bare: readonly Round[];
  readonly gateway: readonly Round[];
  readonly ratio: number;
  readonly cpuRatio: number;
}

interface Round {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

/** The environment that `gateway-server.ts` serves. */
export const proxyPath = "/o/01KA0RG0000000000000000001/connections/01KAC0NN000000000000000001/environments/prod/proxy";

const callers = 64;

// What a program's HTTP client sends.
const sent = "User-Agent: bench/1\r\nAccept: application/json\r\nAccept-Encoding: gzip, br\r\nAuthorization: Bearer moor_0123456789\r\n";

const execArgv = ["--disable-warning=ExperimentalWarning"];

async function started(file: string, ...args: string[]): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(new URL(file, import.meta.url), args, { execArgv: [...execArgv, ...(process.env.BENCH_NODE_ARGS?.split(" ") ?? [])] });
  const [address] = (await once(child, "message")) as [AddressInfo];
  return { child, port: address.port };
}

async function measured(
  load: ChildProcess,
  { child, port, path }: { child: ChildProcess; port: number; path: string },
  forMs: number,
): Promise<Round> {
  const cpuBefore = await cpuSeconds(child);
  load.send({ port, path, headers: sent, callers, forMs });
  const [{ answers, seconds, fault }] = (await once(load, "message")) as [{ answers: number; seconds: number; fault?: string }];
  if (fault !== undefined) throw new Error(fault);
  return { perSecond: answers / seconds, perCpuSecond: answers / ((await cpuSeconds(child)) - cpuBefore) };
}

async function cpuSeconds(child: ChildProcess): Promise<number> {
  child.send("cpu");
  const [{ user, system }] = (await once(child, "message")) as [NodeJS.CpuUsage];
  return (user + system) / 1e6;
}

function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
