import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { median } from "./figures.ts";
import { apiKey, newPlace, organisation, type Program, removePlaces, startProgram } from "./place.ts";

/**
 * Calls per second through the program's gateway, and through a bare loop of node:http and undici that adds one fixed header: 64
 * callers, a 1 KB answer, one process each, in turns in the same run. `ratio` is that of the medians of calls per second; `cpuRatio`, that of calls per second
 * of processor time, moves less when the machine has other work (NaN where there is no /proc).
 */
export async function benchGateway({ turns = 8, forMs = 1500 }: { turns?: number; forMs?: number } = {}): Promise<GatewayFigures> {
  const place = await newPlace("sqlite", "");
  const upstream = await started("gateway-upstream.ts");
  const origin = `http://127.0.0.1:${upstream.port}`;
  const bare = await started("gateway-bare.ts", origin);
  const load = fork(new URL("gateway-load.ts", import.meta.url), { execArgv });
  const program = await startProgram({ ...place.settings, MOORING_EGRESS_ALLOW: "127.0.0.0/8" });
  try {
    const proxyPath = await connected(program, origin);
    const rounds: { bare: Round[]; gateway: Round[] } = { bare: [], gateway: [] };
    for (let turn = 0; turn <= turns; turn += 1) {
      const bareRound = await measured(load, { port: bare.port, path: "/api/orders?page=2", forMs }, bare.child.pid);
      const gatewayRound = await measured(load, { port: program.port, path: `${proxyPath}/orders?page=2`, forMs }, program.pid);
      // The first turn only warms up.
      if (turn === 0) continue;
      rounds.bare.push(bareRound);
      rounds.gateway.push(gatewayRound);
    }
    return { ...rounds, ratio: ratioOf(rounds, "perSecond"), cpuRatio: ratioOf(rounds, "perCpuSecond") };
  } finally {
    for (const child of [upstream.child, bare.child, load]) if (child.connected) child.disconnect();
    await program.stop();
    await removePlaces(place);
  }
}

export interface GatewayFigures {
  readonly bare: readonly Round[];
  readonly gateway: readonly Round[];
  readonly ratio: number;
  readonly cpuRatio: number;
}

export interface Round {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

function ratioOf({ bare, gateway }: Pick<GatewayFigures, "bare" | "gateway">, figure: keyof Round): number {
  const medianOf = (rounds: readonly Round[]) => median(rounds.map((round) => round[figure]));
  return medianOf(gateway) / medianOf(bare);
}

const execArgv = ["--disable-warning=ExperimentalWarning"];

async function started(file: string, ...args: string[]): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(new URL(file, import.meta.url), args, { execArgv });
  const [address] = (await once(child, "message")) as [AddressInfo];
  return { child, port: address.port };
}

/** Makes a connection to `origin` with an api-key header, through the API; gives its proxy address. */
async function connected({ port }: Program, origin: string): Promise<string> {
  const action = {
    authSchemeConfig: { schemeType: "api-key", name: "X-Api-Key", in: "header" },
    credential: { name: "key", type: "string", data: { value: "a fixed header" } },
  };
  const environment = { name: "prod", variables: [], credentials: { action: [action], trigger: [] } };
  const response = await fetch(`http://127.0.0.1:${port}/o/${organisation}/protocols/http/connections`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({
      name: "bench",
      baseUrl: `${origin}/api`,
      authSchemeConfigs: [],
      environmentVariables: [],
      environments: [environment],
    }),
  });
  if (!response.ok) throw new Error(`The connection was refused: ${await response.text()}`);
  const { id } = (await response.json()) as { id: string };
  return `/o/${organisation}/connections/${id}/environments/prod/proxy`;
}

const callers = 64;

// What a program's HTTP client sends.
const headers = `User-Agent: bench/1\r\nAccept: application/json\r\nAccept-Encoding: gzip, br\r\nAuthorization: Bearer ${apiKey}\r\n`;

async function measured(load: ChildProcess, order: { port: number; path: string; forMs: number }, pid: number | undefined): Promise<Round> {
  const cpuSecondsBefore = await cpuSecondsOf(pid);
  load.send({ ...order, headers, callers });
  const [{ answers, seconds, fault }] = (await once(load, "message")) as [{ answers: number; seconds: number; fault?: string }];
  if (fault !== undefined) throw new Error(fault);
  return { perSecond: answers / seconds, perCpuSecond: answers / ((await cpuSecondsOf(pid)) - cpuSecondsBefore) };
}

/** What a process has used of processors so far. The kernel counts it in hundredths of a second, after the name and eleven other fields. */
async function cpuSecondsOf(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
