import type { Connection, EnvironmentCreate, OperationId } from "@mooring/contract";
import type { Answer } from "../harness/answers.ts";
import type { Sent } from "../harness/client.ts";
import type { Account, Change, Content, Told } from "../harness/ledger.ts";
import { apiKeyScheme, basicAuthScheme } from "../harness/samples.ts";
import type { Random } from "./random.ts";

/** A change that is about to be asked for: what it will have done, and how it is sent. */
export interface Wish {
  readonly change: Change;
  readonly operation: OperationId;
  readonly sent: Sent;
  /** What of a 2xx answer goes into the ledger. */
  readonly told: (answer: Answer) => Told;
}

/** What a client knows when it makes a wish. */
export interface Wishing {
  readonly account: Account;
  readonly random: Random;
  /** A mark that no change before had: everything that one change writes carries the same. */
  readonly mark: string;
  /** Where the connections lead to. */
  readonly outside: URL;
  /** The connection as it reads now, and its ETag. */
  readonly read: (id: string) => Promise<{ connection: HTTPConnection; etag: string }>;
  /** The connection that all clients count in, each in a variable of its own. */
  readonly counter: { readonly id: string; readonly own: string };
}

export type HTTPConnection = Extract<Connection, { protocol: "http" }>;

/** What a connection is, as its owner sees it. `marks` are those of all its parts: one, unless it is half of one change and half of another. */
export interface ConnectionContent extends Content {
  readonly marks: readonly string[];
  readonly environments: readonly { readonly name: string; readonly key: string; readonly login?: string }[];
}

/** Every wish there is; undefined when there is nothing to wish it for. */
export const wishes: readonly ((wishing: Wishing) => Promise<Wish | undefined>)[] = [
  createConnection,
  updateConnection,
  updateConnection,
  updateConnection,
  deleteEnvironment,
  deleteConnection,
  createCredential,
  updateCredential,
  deleteCredential,
  createVersion,
  updateVersion,
  publishVersion,
  deleteVersion,
  createApiKey,
  deleteApiKey,
  count,
  count,
];

const thingsMax = 3;

function idsOf({ things }: Account, kind: string): string[] {
  return [...things].filter(([, thing]) => thing.kind === kind).map(([id]) => id);
}

const toldId = ({ body, headers }: Answer): Told => ({ id: (body as unknown as { id: string }).id, ...toldRequest({ headers }) });
const toldRequest = ({ headers }: Pick<Answer, "headers">): Told => ({ requestId: headers.get("mooring-request-id") ?? "" });

function newEnvironment({ account, random }: Wishing, name: string, mark: string) {
  const login = random.pick(idsOf(account, "credential"));
  const key = `key ${name} ${mark}`;
  const body: EnvironmentCreate = {
    name,
    credentials: {
      action: [
        { authSchemeConfig: apiKeyScheme, credential: { name: key, type: "string", data: { value: key } } },
        ...(login === undefined ? [] : [{ authSchemeConfig: basicAuthScheme, credential: { id: login } }]),
      ],
    },
    variables: [],
  };
  return { body, content: { name, key, ...(login === undefined ? {} : { login }) } };
}

/** Four places of a connection that carry the mark; it is carried into every environment too. */
function marked({ mark, outside }: Wishing) {
  return { name: `connection ${mark}`, baseUrl: new URL(mark, outside).href, environmentVariables: [{ name: "mark", value: mark }] };
}

async function createConnection(wishing: Wishing): Promise<Wish | undefined> {
  const { account, random, mark } = wishing;
  if (idsOf(account, "connection").length >= thingsMax) return undefined;
  const environments = ["dev", "test", "live"].slice(random.below(3)).map((name) => newEnvironment(wishing, name, mark));
  const body = { ...marked(wishing), authSchemeConfigs: [apiKeyScheme], environments: environments.map((environment) => environment.body) };
  const content: ConnectionContent = { marks: [mark], environments: environments.map((environment) => environment.content) };
  return {
    change: { operation: "connection.created", kind: "connection", content },
    operation: "CreateHTTPConnection",
    sent: { body },
    told: toldId,
  };
}

/** Puts everything anew at once: names, order, one environment less, one more. */
async function updateConnection(wishing: Wishing): Promise<Wish | undefined> {
  const { account, random, mark, read } = wishing;
  const id = random.pick(idsOf(account, "connection"));
  const before = id === undefined ? undefined : (account.things.get(id)?.content as ConnectionContent);
  if (id === undefined || !before) return undefined;
  const { connection } = await read(id);
  const kept = before.environments
    .map((content, index) => {
      const environment = connection.environments[index];
      const name = random.below(2) === 0 ? content.name : `env ${index} ${mark}`;
      return { body: { id: environment?.id ?? "", name }, content: { ...content, name } };
    })
    .slice(before.environments.length > 1 ? random.below(2) : 0);
  const added = kept.length < thingsMax && random.below(2) === 0 ? [newEnvironment(wishing, `new ${mark}`, mark)] : [];
  const environments = random.shuffled([...kept, ...added]);
  const body = { ...connection, ...marked(wishing), environments: environments.map((environment) => environment.body) };
  const content: ConnectionContent = { marks: [mark], environments: environments.map((environment) => environment.content) };
  return {
    change: { operation: "connection.updated", kind: "connection", id, content },
    operation: "UpdateConnection",
    sent: { params: { connection_id: id }, body },
    told: toldRequest,
  };
}

async function deleteEnvironment({ account, random, read }: Wishing): Promise<Wish | undefined> {
  const id = random.pick(idsOf(account, "connection"));
  const before = id === undefined ? undefined : (account.things.get(id)?.content as ConnectionContent);
  const removed = random.pick(before?.environments ?? []);
  if (id === undefined || !before || !removed || before.environments.length === 1) return undefined;
  const { connection } = await read(id);
  const subject = connection.environments.find(({ name }) => name === removed.name)?.id ?? "";
  const environments = before.environments.filter((environment) => environment !== removed);
  return {
    change: { operation: "environment.deleted", kind: "connection", id, subject, content: { ...before, environments } },
    operation: "DeleteEnvironment",
    sent: { params: { connection_id: id, environment_id: subject } },
    told: toldRequest,
  };
}

async function deleteConnection({ account, random }: Wishing): Promise<Wish | undefined> {
  const ids = idsOf(account, "connection");
  const id = ids.length < thingsMax ? undefined : random.pick(ids);
  if (id === undefined) return undefined;
  return {
    change: { operation: "connection.deleted", kind: "connection", id },
    operation: "DeleteConnection",
    sent: { params: { connection_id: id } },
    told: toldRequest,
  };
}

const login = (mark: string) => ({
  name: `login ${mark}`,
  type: "basic-auth" as const,
  data: { username: mark, password: `password ${mark}` },
});

async function createCredential({ account, mark }: Wishing): Promise<Wish | undefined> {
  if (idsOf(account, "credential").length >= thingsMax) return undefined;
  return {
    change: { operation: "credential.created", kind: "credential", content: { marks: [mark] } },
    operation: "CreateCredential",
    sent: { body: login(mark) },
    told: toldId,
  };
}

async function updateCredential({ account, random, mark }: Wishing): Promise<Wish | undefined> {
  const id = random.pick(idsOf(account, "credential"));
  if (id === undefined) return undefined;
  return {
    change: { operation: "credential.updated", kind: "credential", id, content: { marks: [mark] } },
    operation: "UpdateCredential",
    sent: { params: { credential_id: id }, body: { id, ...login(mark) } },
    told: toldRequest,
  };
}

/** Refused while one of the client's environments uses it, which is as good as any answer. */
async function deleteCredential({ account, random }: Wishing): Promise<Wish | undefined> {
  const id = random.pick(idsOf(account, "credential"));
  if (id === undefined) return undefined;
  return {
    change: { operation: "credential.deleted", kind: "credential", id },
    operation: "DeleteCredential",
    sent: { params: { credential_id: id } },
    told: toldRequest,
  };
}

async function createVersion({ account, random, mark }: Wishing): Promise<Wish | undefined> {
  const under = random.pick(idsOf(account, "connection"));
  if (under === undefined || idsOf(account, "version").length >= thingsMax) return undefined;
  return {
    change: { operation: "version.created", kind: "version", under, content: { name: mark, isPublished: false } },
    operation: "CreateConnectionVersion",
    sent: { params: { connection_id: under }, body: { name: mark } },
    told: toldId,
  };
}

/** One of the client's versions as it should be; `isPublished` chooses among them. */
function versionOf({ account, random }: Wishing, isPublished?: boolean) {
  const ids = idsOf(account, "version").filter((id) => {
    const content = account.things.get(id)?.content;
    return isPublished === undefined || content?.isPublished === isPublished;
  });
  const id = random.pick(ids);
  const thing = id === undefined ? undefined : account.things.get(id);
  if (id === undefined || !thing) return undefined;
  const { under = "", content } = thing;
  return { id, under, content, params: { connection_id: under, version: String(content.name) } };
}

async function updateVersion(wishing: Wishing): Promise<Wish | undefined> {
  const version = versionOf(wishing, false);
  if (!version) return undefined;
  const { id, under, params } = version;
  const { mark } = wishing;
  return {
    change: { operation: "version.updated", kind: "version", id, under, content: { name: mark, description: mark, isPublished: false } },
    operation: "UpdateConnectionVersion",
    sent: { params, body: { id, name: mark, description: mark, isDefault: false } },
    told: toldRequest,
  };
}

async function publishVersion(wishing: Wishing): Promise<Wish | undefined> {
  const version = versionOf(wishing, false);
  if (!version) return undefined;
  const { id, under, params, content } = version;
  return {
    change: { operation: "version.published", kind: "version", id, under, content: { ...content, isPublished: true } },
    operation: "PublishConnection",
    sent: { params },
    told: toldRequest,
  };
}

async function deleteVersion(wishing: Wishing): Promise<Wish | undefined> {
  const version = versionOf(wishing);
  if (!version) return undefined;
  const { id, under, params } = version;
  return {
    change: { operation: "version.deleted", kind: "version", id, under },
    operation: "DeleteConnectionVersion",
    sent: { params },
    told: toldRequest,
  };
}

async function createApiKey({ account, mark }: Wishing): Promise<Wish | undefined> {
  if (idsOf(account, "api-key").length >= thingsMax) return undefined;
  return {
    change: { operation: "api-key.created", kind: "api-key", content: { name: mark } },
    operation: "CreateApiKey",
    sent: { body: { name: mark, scopes: ["connections:read"] } },
    told: (answer) => ({ ...toldId(answer), shown: { key: (answer.body as unknown as { key: string }).key } }),
  };
}

async function deleteApiKey({ account, random }: Wishing): Promise<Wish | undefined> {
  const id = random.pick(idsOf(account, "api-key"));
  if (id === undefined) return undefined;
  return {
    change: { operation: "api-key.deleted", kind: "api-key", id },
    operation: "DeleteApiKey",
    sent: { params: { api_key_id: id } },
    told: toldRequest,
  };
}

/** Adds one to what the client counted and one to what all counted, if nobody else did meanwhile (B-2). */
async function count({ account, read, counter }: Wishing): Promise<Wish | undefined> {
  const { connection, etag } = await read(counter.id);
  const own = account.things.get(counter.own)?.content.count ?? 0;
  const add = new Set(["total", counter.own]);
  const environmentVariables = connection.environmentVariables.map(({ name, value }) => ({
    name,
    value: add.has(name) ? String(Number(value) + 1) : value,
  }));
  // Without its environments: the new values are carried into each of them.
  const { environments: _, ...rest } = connection;
  const body = { ...rest, environmentVariables };
  return {
    change: { operation: "connection.updated", kind: "count", id: counter.own, subject: counter.id, content: { count: Number(own) + 1 } },
    operation: "UpdateConnection",
    sent: { params: { connection_id: counter.id }, body, headers: { "if-match": etag } },
    told: toldRequest,
  };
}
