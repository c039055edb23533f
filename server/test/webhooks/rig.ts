import { createHmac } from "node:crypto";
import type { DefinitionsCreateDefinition, EnvironmentCreate, TriggerHTTPCreate } from "@mooring/contract";
import { sql } from "kysely";
import type { OrganisationId } from "../../src/kernel/ids.ts";
import type { Actor } from "../harness/actors.ts";
import { faultsOfReceipt, type RawAnswer } from "../harness/answers.ts";
import { canary } from "../harness/canary.ts";
import { newTrigger } from "../harness/content.ts";
import { at, createConnection, hmacScheme, smallConnection } from "../harness/samples.ts";
import type { World } from "../harness/world.ts";

/** A trigger with an environment whose credentials check what comes. */
export interface Rig {
  readonly org: OrganisationId;
  readonly connection: string;
  readonly environment: string;
  /** Its address by names. */
  readonly path: string;
  readonly secret: string;
  readonly credential: string | undefined;
}

/** What signs as `hmacChecks` asks for: a digest over the body in hexadecimal. */
export const signed = (secret: string, body: string | Uint8Array) => ({
  "x-signature": createHmac("sha256", secret).update(body).digest("hex"),
});

export interface RigOptions {
  /** Triggers in place of `paid`, or more of what it is. */
  readonly triggers?: readonly Partial<TriggerHTTPCreate>[];
  readonly definitions?: readonly DefinitionsCreateDefinition[];
  /** In place of a signature over the body. */
  readonly trigger?: NonNullable<EnvironmentCreate["credentials"]["trigger"]>;
  /** What the signature is over, in place of the body. */
  readonly scheme?: typeof hmacScheme;
  readonly actor?: Actor;
}

const plain: Partial<TriggerHTTPCreate> = { name: "paid", parameters: [], responses: [] };

/** A published connection with the trigger `paid`, which takes anything by POST unless told otherwise. */
export async function createRig(
  world: World,
  { triggers = [{}], definitions = [], trigger, scheme = hmacScheme, actor }: RigOptions = {},
): Promise<Rig> {
  const key = actor ?? (await world.as("key"));
  const org = key.org as OrganisationId;
  const secret = canary("hook");
  const own: RigOptions["trigger"] = [{ authSchemeConfig: scheme, credential: { name: "hook", type: "string", data: { value: secret } } }];
  const body = smallConnection({ environments: [{ name: "dev", credentials: { trigger: trigger ?? own }, variables: [] }] });
  const { id, environments } = await createConnection(world, body, key);
  const params = { connection_id: id, version: "1" };
  if (definitions.length > 0) await world.must(key, "CreateDefinitions", { params, body: { definitions: [...definitions] } });
  for (const one of triggers) await world.must(key, "CreateTrigger", { params, body: newTrigger({ ...plain, ...one }) });
  await world.must(key, "PublishConnection", { params });
  const environment = at(environments, 0);
  const credential = environment.credentials.trigger[0]?.credential.id;
  const path = `/o/${org}/connections/${id}/environments/${environment.id}/triggers/paid`;
  return { org, connection: id, environment: environment.id, path, secret, credential };
}

/** Sends to a trigger. Throws when the answer, whatever its status, is not what the contract promises. */
export async function sendEvent(
  world: World,
  path: string,
  { body = "", headers = {}, method = "POST" }: { body?: string | Uint8Array; headers?: HeadersInit; method?: string } = {},
): Promise<RawAnswer> {
  const hasBody = method !== "GET" && method !== "HEAD";
  const answer = await world.raw(path, { method, headers, ...(hasBody ? { body: body as BodyInit } : {}) });
  const faults = faultsOfReceipt(answer);
  if (faults.length > 0) throw new Error(`${method} ${path} answered ${answer.status} ${answer.text}: ${faults.join("; ")}`);
  return answer;
}

export interface EventRow {
  readonly id: string;
  readonly origin: string;
  readonly position: number | null;
  readonly sequence: number | null;
  readonly method: string;
  readonly target: string;
  readonly headers: string;
  readonly content_type: string | null;
  readonly body: Uint8Array;
  readonly fits: number | null;
  readonly faults: string | null;
  readonly verification: string;
  readonly sealed: string | null;
  readonly duplicates: number;
}

/** The events of a connection as they are kept, in the order in which they came. */
export async function eventsOf(world: World, { org, connection }: Pick<Rig, "org" | "connection">): Promise<EventRow[]> {
  const rows = await world.mooring.db.read(org, (tx) =>
    tx.all(sql<EventRow>`
      select id, origin, position, sequence, method, target, headers, content_type, body, fits, faults, verification, sealed, duplicates
      from events
      where org_id = ${org} and connection_id = ${connection}
      order by id
    `),
  );
  const number = (value: number | null) => (value === null ? null : Number(value));
  return rows.map((row) => ({
    ...row,
    position: number(row.position),
    sequence: number(row.sequence),
    fits: number(row.fits),
    duplicates: Number(row.duplicates),
  }));
}
