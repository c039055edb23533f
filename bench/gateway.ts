import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { inTurns, median } from "./figures.ts";
import { apiKey, newPlace, organisation, type Program, removePlaces, startProgram } from "./place.ts";

/**
 * Calls per second through the program's gateway, and through a bare loop of node:http and undici that adds one fixed header: 64
 * callers, a 1 KB answer, one process each, in turns in the same run. `ratio` is that of the medians.
 */
export async function benchGateway({ rounds = 8, forMs = 1500 }: { rounds?: number; forMs?: number } = {}): Promise<GatewayFigures> {
  const place = await newPlace("sqlite", "");
  const upstream = await started("gateway-upstream.ts");
  const origin = `http://127.0.0.1:${upstream.port}`;
  const bare = await started("gateway-bare.ts", origin);
  const load = fork(new URL("gateway-load.ts", import.meta.url), { execArgv });
  const program = await startProgram({ ...place.settings, MOORING_EGRESS_ALLOW: "127.0.0.0/8" });
  try {
    const proxyPath = await connected(program, origin);
    const sides = [
      () => callsPerSecond(load, { port: bare.port, path: "/api/orders?page=2", forMs }),
      () => callsPerSecond(load, { port: program.port, path: `${proxyPath}/orders?page=2`, forMs }),
    ];
    const [bareRates = [], gatewayRates = []] = await inTurns(rounds, sides);
    return { bare: bareRates, gateway: gatewayRates, ratio: median(gatewayRates) / median(bareRates) };
  } finally {
    for (const child of [upstream.child, bare.child, load]) if (child.connected) child.disconnect();
    await program.stop();
    await removePlaces(place);
  }
}

/** Calls per second of each round. */
export interface GatewayFigures {
  readonly bare: readonly number[];
  readonly gateway: readonly number[];
  readonly ratio: number;
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

async function callsPerSecond(load: ChildProcess, order: { port: number; path: string; forMs: number }): Promise<number> {
  load.send({ ...order, headers, callers });
  const [{ answers, seconds, fault }] = (await once(load, "message")) as [{ answers: number; seconds: number; fault?: string }];
  if (fault !== undefined) throw new Error(fault);
  return answers / seconds;
}
