import type { ConnectionId, EnvironmentId } from "../../src/kernel/ids.ts";
import type { Actor } from "./actors.ts";
import { newAction, newTrigger } from "./content.ts";
import { keepEvents, keptEvent } from "./events.ts";
import { recordCalls, recordedCall } from "./recorded-calls.ts";
import { at, createConnection, createCredential, createSubscription, type HTTPConnection, smallConnection } from "./samples.ts";
import type { World } from "./world.ts";

/** The values of a path parameter that lead nowhere: each must answer the same as the others (T-1). */
export interface Nowhere {
  readonly what: string;
  readonly value: string;
}

/**
 * What an id in a path may be that is not the caller's: another organisation's, one that nobody has, and text that is no id at all.
 * `foreign` is that of `foreignIds`.
 */
export function nowhere(world: World, parameter: string, foreign: ForeignIds): Nowhere[] {
  const id = foreign[parameter];
  if (id === undefined) throw new Error(`There is no foreign ${parameter}.`);
  return [
    { what: "another organisation's", value: id },
    { what: "nobody's", value: world.newId() },
    { what: "another organisation's in lower case", value: id.toLowerCase() },
    { what: "too long", value: `${id}0` },
    { what: "too large for a ULID", value: `8${id.slice(1)}` },
    { what: "a word", value: "constructor" },
    { what: "SQL", value: "' or '1' = '1" },
    { what: "a NUL", value: "a\0b" },
    { what: "beyond ASCII", value: "漢字 ̈" },
    { what: "a percent sign", value: "%" },
    { what: "very long", value: "A".repeat(3000) },
  ];
}

export type ForeignIds = Readonly<Record<string, string>>;

/** One of everything, all of it the stranger's, by the name of the path parameter. */
export async function foreignIds(world: World): Promise<ForeignIds> {
  const stranger = await world.as("stranger");
  const connection = await createConnection(world, smallConnection(), stranger);
  const params = { connection_id: connection.id };
  await world.must(stranger, "CreateConnectionVersion", { params, body: { name: "Foreign" } });
  await world.must(stranger, "PublishConnection", { params: { ...params, version: "Foreign" } });
  const schema = { contentType: "application/schema+json", content: "{}" };
  const definitions = [{ name: "Foreign", accept: ["application/json"], schema }];
  await world.must(stranger, "CreateDefinitions", { params: { ...params, version: "1" }, body: { definitions } });
  await world.must(stranger, "CreateAction", { params: { ...params, version: "1" }, body: newAction({ name: "Foreign" }) });
  await world.must(stranger, "CreateTrigger", { params: { ...params, version: "1" }, body: newTrigger({ name: "Foreign" }) });
  const credential = await createCredential(world, "string", stranger);
  return {
    organisation_id: stranger.org,
    connection_id: connection.id,
    environment_id: at(connection.environments, 0).id,
    version: "Foreign",
    other_version: "Foreign",
    event_id: await keep(world, stranger.org, connection),
    subscription_id: (await createSubscription(world, connection.id, {}, stranger)).id,
    definition_name: "Foreign",
    action_name: "Foreign",
    trigger_name: "Foreign",
    credential_id: credential.id,
    user_id: stranger.id ?? "",
    invitation_id: await invite(world, stranger),
    api_key_id: (await world.as("strangerKey")).id ?? "",
    protocol_slug: "foreign",
    call_id: await record(world, stranger.org),
  };
}

async function keep(world: World, org: string, { id, environments }: HTTPConnection): Promise<string> {
  const place = { connectionId: id as ConnectionId, environmentId: at(environments, 0).id as EnvironmentId };
  const event = keptEvent({ ...place, position: 1 });
  await keepEvents(world.mooring.db, org, [event]);
  return event.id;
}

async function record(world: World, org: string): Promise<string> {
  const call = recordedCall({ id: world.newId() });
  await recordCalls(world.mooring.db, org, [call]);
  return call.id;
}

async function invite(world: World, actor: Actor): Promise<string> {
  const { body } = await world.must(actor, "CreateInvitation", { body: { email: "far@example.com", role: "viewer" } });
  world.shownOnce.push(new URL(body.url).hash.replace("#token=", ""));
  return body.id;
}
