import type { Actor } from "../harness/actors.ts";
import type { Client } from "../harness/client.ts";
import type { Account, Content } from "../harness/ledger.ts";
import type { HTTPConnection } from "./changes.ts";
import type { Seen } from "./outside.ts";

interface Reading {
  readonly client: Client;
  readonly actor: Actor;
  readonly account: Account;
  readonly counterId: string;
}

/**
 * What a thing is, read through the API and, for secrets, at the outside system that they are sent to. Undefined when it is not there.
 * `shown` is what is known of it beside that: an API key can be tried, not read.
 */
export async function readThing(reading: Reading, kind: string, id: string, shown?: Content): Promise<Content | undefined> {
  switch (kind) {
    case "connection":
      return readConnection(reading, id);
    case "credential":
      return readCredential(reading, id);
    case "version":
      return readVersion(reading, id);
    case "api-key":
      return readApiKey(reading, id, shown);
    case "count":
      return readCount(reading, id);
    default:
      throw new Error(`There is no ${kind}.`);
  }
}

async function getConnection({ client, actor }: Reading, id: string): Promise<HTTPConnection | undefined> {
  const { status, body } = await client.send(actor, "GetConnection", { params: { connection_id: id } });
  return status === 404 ? undefined : (body as HTTPConnection);
}

async function readConnection(reading: Reading, id: string): Promise<Content | undefined> {
  const connection = await getConnection(reading, id);
  if (!connection) return undefined;
  const markOf = (variables: HTTPConnection["environmentVariables"]) => variables.find(({ name }) => name === "mark")?.value;
  const environments: Content[] = [];
  const marks = new Set([
    connection.name.replace("connection ", ""),
    connection.baseUrl.split("/").at(-1),
    markOf(connection.environmentVariables),
  ]);
  for (const environment of connection.environments) {
    const seen = await callThrough(reading, id, environment.id);
    marks.add(markOf(environment.variables)).add(seen.path.split("/").at(1));
    const login = environment.credentials.action[1]?.credential;
    environments.push({ name: environment.name, key: seen.key, ...(login ? { login: asSeen(login, seen) } : {}) });
  }
  return { marks: [...marks], environments };
}

async function callThrough({ client, actor }: Reading, connectionId: string, environmentId: string): Promise<Seen> {
  const path = `/o/${actor.org}/connections/${connectionId}/environments/${environmentId}/proxy/seen`;
  const { status, text } = await client.raw(path, { headers: actor.headers });
  if (status !== 200) throw new Error(`A call through ${connectionId} answered ${status} ${text}`);
  return JSON.parse(text) as Seen;
}

/** The credential's id, if name and password went out as they belong together. */
function asSeen(
  { id, data }: HTTPConnection["environments"][number]["credentials"]["action"][number]["credential"],
  { login }: Seen,
): string {
  const { username } = data as { username: string };
  return login === `${username}:password ${username}` ? id : `${id}, but ${login} was sent for ${username}`;
}

async function readCredential({ client, actor }: Reading, id: string): Promise<Content | undefined> {
  const { status, body } = await client.send(actor, "GetCredential", { params: { credential_id: id } });
  if (status === 404) return undefined;
  return { marks: [...new Set([body.name.replace("login ", ""), (body.data as { username: string }).username])] };
}

async function readVersion(reading: Reading, id: string): Promise<Content | undefined> {
  const under = reading.account.things.get(id)?.under;
  const connections = under === undefined ? await connectionsOf(reading) : [under];
  for (const connectionId of connections) {
    const version = (await getConnection(reading, connectionId))?.versions.find((one) => one.id === id);
    if (!version) continue;
    const { name, description, publishedAt } = version;
    return { name, ...(description === undefined ? {} : { description }), isPublished: publishedAt !== null };
  }
  return undefined;
}

const connectionsOf = async ({ account }: Reading) => [...account.things].filter(([, { kind }]) => kind === "connection").map(([id]) => id);

async function readApiKey({ client, actor, account }: Reading, id: string, shown?: Content): Promise<Content | undefined> {
  const { status, body } = await client.send(actor, "GetApiKey", { params: { api_key_id: id } });
  const key = (account.things.get(id)?.content ?? shown)?.key;
  if (typeof key === "string") {
    const isTaken = await client.send({ ...actor, headers: { authorization: `Bearer ${key}` } }, "ListConnections", {
      query: { first: 1 },
    });
    if ((isTaken.status === 200) !== (status === 200)) return { name: `listed: ${status}, used: ${isTaken.status}` };
  }
  return status === 404 ? undefined : { name: body.name, ...(key === undefined ? {} : { key }) };
}

/** What `own` counted, undefined before it began; and that the sum and every environment agree. */
async function readCount(reading: Reading, own: string): Promise<Content | undefined> {
  const connection = await getConnection(reading, reading.counterId);
  const variables = connection?.environmentVariables ?? [];
  const text = JSON.stringify(variables);
  const total = variables.filter(({ name }) => name !== "total").reduce((sum, { value }) => sum + Number(value), 0);
  const isWhole = connection?.environments.every((environment) => JSON.stringify(environment.variables) === text);
  if (!isWhole || variables.find(({ name }) => name === "total")?.value !== String(total)) return { half: connection };
  const count = Number(variables.find(({ name }) => name === own)?.value);
  return count === 0 ? undefined : { count };
}
