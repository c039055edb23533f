import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { AuthSchemeConfigInput, CredentialCreate } from "@mooring/contract";
import { ordered } from "../load.ts";
import { apiKey, newPlace, organisation, type Program, removePlaces, startProgram } from "../place.ts";
import { cpuSecondsOf } from "../processes.ts";

/** The processes around a program under test. All of them end when the measurement does. */
export interface Rig {
  readonly upstream: { readonly origin: string };
  /** Starts one of the processes of this folder, which sends its address when it is ready. */
  start(file: URL, ...args: readonly string[]): Promise<{ readonly port: number; readonly pid: number }>;
  /** Starts a process that sends nothing before it is asked. */
  fork(file: URL): ChildProcess;
  /** Starts the program on a place of its own, with `settings` added. It may call loopback. */
  program(settings?: Readonly<Record<string, string>>): Promise<Program>;
  /** Whatever else has to end with the measurement. */
  defer(end: () => unknown): void;
}

/** Runs `work` with an upstream that answers everything with the same 1 KB, and ends whatever was started. */
export async function withRig<Result>(work: (rig: Rig) => Promise<Result>): Promise<Result> {
  const ends: (() => unknown)[] = [];
  const forked = (file: URL, args: readonly string[]) => {
    const child = fork(file, args, { execArgv: ["--disable-warning=ExperimentalWarning"] });
    ends.push(() => child.connected && child.disconnect());
    return child;
  };
  const start = async (file: URL, ...args: readonly string[]) => {
    const child = forked(file, args);
    const [address] = (await once(child, "message")) as [AddressInfo];
    return { port: address.port, pid: child.pid ?? 0 };
  };
  const program = async (settings: Readonly<Record<string, string>> = {}) => {
    const place = await newPlace("sqlite", "");
    ends.push(() => removePlaces(place));
    const started = await startProgram({ ...place.settings, MOORING_EGRESS_ALLOW: "127.0.0.0/8", ...settings });
    ends.push(() => started.stop());
    return started;
  };
  try {
    const { port } = await start(new URL("upstream-process.ts", import.meta.url));
    const upstream = { origin: `http://127.0.0.1:${port}` };
    return await work({ upstream, start, fork: (file) => forked(file, []), program, defer: (end) => void ends.push(end) });
  } finally {
    for (const end of ends.toReversed()) await end();
  }
}

/** How the calls of one environment are proven. */
export interface Proof {
  readonly authSchemeConfig: AuthSchemeConfigInput;
  readonly credential: CredentialCreate;
}

export const apiKeyProof: Proof = {
  authSchemeConfig: { schemeType: "api-key", name: "X-Api-Key", in: "header" },
  credential: { name: "key", type: "string", data: { value: "a fixed header" } },
};

/** Makes a connection to `origin`, through the API, with an environment for each proof. Gives their proxy addresses. */
export async function connect({ port }: Program, origin: string, proofs: readonly Proof[]): Promise<string[]> {
  const environments = proofs.map((proof, at) => ({ name: `env-${at}`, variables: [], credentials: { action: [proof], trigger: [] } }));
  const response = await fetch(`http://127.0.0.1:${port}/o/${organisation}/protocols/http/connections`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "bench", baseUrl: `${origin}/api`, authSchemeConfigs: [], environmentVariables: [], environments }),
  });
  if (!response.ok) throw new Error(`The connection was refused: ${await response.text()}`);
  const { id } = (await response.json()) as { id: string };
  return environments.map(({ name }) => `/o/${organisation}/connections/${id}/environments/${name}/proxy`);
}

/** What one run found: answers per second, and per second of the processor time of the processes that were looked at. */
export interface Rate {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

/** One side of a comparison: each call of it asks for `forMs`. */
export type Side = () => Promise<Rate>;

/** 64 callers that ask `port` for `paths` in turn, with a body of JSON where one is given. The processor time is that of `pids`; NaN where there is no /proc. */
export async function callersOf(
  { fork }: Rig,
  { port, paths, pids, body }: { port: number; paths: readonly string[]; pids: readonly number[]; body?: string },
  { forMs = 1500, callers = 64 }: { forMs?: number; callers?: number } = {},
): Promise<Side> {
  const load = fork(new URL("load-process.ts", import.meta.url));
  const method = body === undefined ? "GET" : "POST";
  const rest = body === undefined ? "" : `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
  const requests = paths.map((path) => `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${headers}${rest}\r\n${body ?? ""}`);
  await ordered(load, { port, requests, callers });
  return async () => {
    const before = await cpuSecondsOf(pids);
    const { answers, seconds } = await ordered<{ answers: number; seconds: number }>(load, { forMs });
    return { perSecond: answers / seconds, perCpuSecond: answers / ((await cpuSecondsOf(pids)) - before) };
  };
}

/** What a program's HTTP client sends. */
export const headers = `User-Agent: bench/1\r\nAccept: application/json\r\nAccept-Encoding: gzip, br\r\nAuthorization: Bearer ${apiKey}\r\n`;
