import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { ConnectionId, EnvironmentId } from "../../server/src/kernel/ids.ts";
import type { Engine } from "../../server/src/store/database.ts";
import { ordered } from "../load.ts";
import { apiKey, newPlace, organisation, type Place, type Program, removePlaces, startProgram } from "../place.ts";

/** The processes and places of a measurement. All of them end when it does. */
export interface Rig {
  /** An empty place of the engine under test. */
  place(): Promise<Place>;
  /** Starts the program on a place. */
  program(place: Place): Promise<Program>;
  /** Starts a process of this folder that sends nothing before it is asked. */
  fork(file: string): ChildProcess;
  destination(): Promise<Destination>;
  /** Whatever else has to end with the measurement. */
  defer(end: () => unknown): void;
}

/** A destination that answers at once. */
export interface Destination {
  readonly url: string;
  count(): Promise<number>;
}

export async function withRig<Result>(engine: Engine, postgres: string, work: (rig: Rig) => Promise<Result>): Promise<Result> {
  const ends: (() => unknown)[] = [];
  const forked = (file: string) => {
    const child = fork(new URL(file, import.meta.url), { execArgv: ["--disable-warning=ExperimentalWarning"] });
    ends.push(() => child.connected && child.disconnect());
    return child;
  };
  const rig: Rig = {
    fork: forked,
    defer: (end) => void ends.push(end),
    async place() {
      const made = await newPlace(engine, postgres);
      ends.push(() => removePlaces(made));
      return made;
    },
    async program(place) {
      const started = await startProgram({ ...place.settings, MOORING_EGRESS_ALLOW: "127.0.0.0/8" });
      ends.push(() => started.stop());
      return started;
    },
    async destination() {
      const child = forked("destination-process.ts");
      const [{ port }] = (await once(child, "message")) as [AddressInfo];
      return { url: `http://127.0.0.1:${port}/hook`, count: async () => (await ordered<{ count: number }>(child, {})).count };
    },
  };
  try {
    return await work(rig);
  } finally {
    for (const end of ends.toReversed()) await end();
  }
}

export const secret = "a secret of the bench that senders sign with";

/** A connection with the triggers `happened` and `other`, whose environment wants signatures of `secret`. */
export interface Way {
  readonly connectionId: ConnectionId;
  readonly environmentId: EnvironmentId;
  /** Where events are sent, up to the name of the trigger. */
  readonly triggers: string;
}

export async function createWay(program: Program): Promise<Way> {
  const hmac = { schemeType: "hmac", name: "X-Signature", in: "header", algorithm: "sha256", digestInputs: ["body"] };
  const hook = { authSchemeConfig: hmac, credential: { name: "hook", type: "string", data: { value: secret } } };
  const connection = await asked<{ id: ConnectionId; environments: { id: EnvironmentId }[] }>(program, "protocols/http/connections", {
    name: "bench",
    baseUrl: "https://example.com",
    authSchemeConfigs: [],
    environmentVariables: [],
    environments: [{ name: "env", variables: [], credentials: { action: [], trigger: [hook] } }],
  });
  const version = `connections/${connection.id}/versions/1`;
  for (const name of ["happened", "other"]) {
    await asked(program, `${version}/triggers`, { type: "http", name, method: "POST", parameters: [], responses: [] });
  }
  await asked(program, `${version}/publish`, undefined);
  const [environment] = connection.environments;
  return {
    connectionId: connection.id,
    environmentId: environment?.id as EnvironmentId,
    triggers: `/o/${organisation}/connections/${connection.id}/environments/env/triggers`,
  };
}

export function subscribe(program: Program, { connectionId }: Way, name: string, url: string, trigger: string): Promise<{ id: string }> {
  return asked(program, `connections/${connectionId}/subscriptions`, { name, trigger, destination: { url } });
}

/** Asks the control plane; `body` is posted, and without one it is read, but for what is published. */
export async function asked<Answer>({ port }: Program, path: string, body?: object): Promise<Answer> {
  const isRead = body === undefined && !path.endsWith("/publish");
  const response = await fetch(`http://127.0.0.1:${port}/o/${organisation}/${path}`, {
    method: isRead ? "GET" : "POST",
    headers: { authorization: `Bearer ${apiKey}`, ...(body ? { "content-type": "application/json" } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
  return (text === "" ? undefined : JSON.parse(text)) as Answer;
}

/** 64 senders of events of 1 KB to `happened`. Each call of what it gives lets them send for so long. */
export function sendersOf({ fork }: Rig, { port }: Program, way: Way): (forMs: number) => Promise<{ answers: number; seconds: number }> {
  const load = fork("senders-process.ts");
  return (forMs) => ordered(load, { port, path: `${way.triggers}/happened`, secret, senders: 64, forMs });
}
