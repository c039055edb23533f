import { createHmac } from "node:crypto";
import type { EnvironmentCreate } from "@mooring/contract";
import { sql } from "kysely";
import type { TriggerDocument } from "../../src/domain/trigger.ts";
import type { OrganisationId } from "../../src/kernel/ids.ts";
import type { Actor } from "../harness/actors.ts";
import { canary } from "../harness/canary.ts";
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
  readonly document?: Partial<TriggerDocument>;
  /** In place of a signature over the body. */
  readonly trigger?: NonNullable<EnvironmentCreate["credentials"]["trigger"]>;
  readonly actor?: Actor;
}

/** A published connection with the trigger `paid`, which takes anything by POST unless told otherwise. */
export async function createRig(world: World, { document = {}, trigger, actor }: RigOptions = {}): Promise<Rig> {
  const key = actor ?? (await world.as("key"));
  const org = key.org as OrganisationId;
  const secret = canary("hook");
  const own: RigOptions["trigger"] = [
    { authSchemeConfig: hmacScheme, credential: { name: "hook", type: "string", data: { value: secret } } },
  ];
  const body = smallConnection({ environments: [{ name: "dev", credentials: { trigger: trigger ?? own }, variables: [] }] });
  const { id, environments } = await createConnection(world, body, key);
  await addTrigger(world, { org, connection: id, name: "paid", document });
  await world.must(key, "PublishConnection", { params: { connection_id: id, version: "1" } });
  const environment = at(environments, 0);
  const credential = environment.credentials.trigger[0]?.credential.id;
  const path = `/o/${org}/connections/${id}/environments/${environment.id}/triggers/paid`;
  return { org, connection: id, environment: environment.id, path, secret, credential };
}

/** Writes a trigger straight into version 1 of a connection. */
export async function addTrigger(
  world: World,
  { org, connection, name, document = {} }: { org: OrganisationId; connection: string; name: string; document?: Partial<TriggerDocument> },
): Promise<void> {
  const whole: TriggerDocument = { type: "http", method: "POST", parameters: [], responses: [], ...document };
  const now = world.clock.now().toISOString();
  await world.mooring.db.write(org, (tx) =>
    tx.run(sql`
      insert into triggers (org_id, version_id, id, name, type, document, created_at, updated_at)
      select org_id, id, ${world.newId()}, ${name}, 'http', ${JSON.stringify(whole)}, ${now}, ${now}
      from versions
      where org_id = ${org} and connection_id = ${connection} and name = '1'
    `),
  );
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
