import { hostname } from "node:os";
import type { Connection, ConnectionPage, OrganisationPage, Subscription, SubscriptionPage } from "@mooring/contract";
import { type Mooring, Refusal } from "./mooring.ts";
import type { Options } from "./options.ts";
import type { Paper } from "./paper.ts";

/** A subscription that is there for as long as somebody listens. */
export interface Listening {
  /** Where it is in the API. */
  readonly path: string;
  /** Where the reading begins. */
  readonly cursor: string;
  readonly connectionId: string;
  /** What is listened to, for people. */
  readonly title: string;
  /** Ends it. When that cannot be done now, says so: the next start does it. */
  remove(): Promise<void>;
}

/** Makes the subscription, and removes those of listeners on this machine that were killed. Rejects with a `Refusal`. */
export async function openSubscription(mooring: Mooring, options: Options, paper: Paper): Promise<Listening> {
  const { connection: wanted, environment, trigger, ownEvents, after } = options;
  const organisation = await organisationOf(mooring);
  const connection = await findConnection(mooring, organisation.id, wanted);
  const all = `/o/${organisation.id}/connections/${connection.id}/subscriptions`;
  await removeLeftovers(mooring, all);
  const body = {
    name: `${prefix}${process.pid}`,
    ...(environment !== undefined && { environment }),
    ...(trigger !== undefined && { trigger }),
    ...(ownEvents.length > 0 && { ownEvents }),
  };
  const { id, acknowledged } = await mooring.send<Subscription>("POST", all, { body });
  return {
    path: `${all}/${id}`,
    cursor: after === "beginning" ? after : acknowledged,
    connectionId: connection.id,
    title: [connection.name, environment, trigger].filter((part) => part !== undefined).join(" / "),
    async remove() {
      try {
        await mooring.send("DELETE", `${all}/${id}`, { timeoutMs: removeMs });
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        paper.note(`The subscription is still there (${error.message}) The next start removes it.`);
      }
    },
  };
}

const removeMs = 3_000;
const prefix = `listen on ${hostname().slice(0, 60)} pid `;

async function organisationOf(mooring: Mooring): Promise<OrganisationPage["items"][number]> {
  const { items } = await mooring.send<OrganisationPage>("GET", "/organisations");
  const [organisation] = items;
  if (!organisation) throw new Refusal("The API key belongs to no organisation.");
  return organisation;
}

/** By id, or by a name that only one has. */
async function findConnection(mooring: Mooring, organisation: string, wanted: string): Promise<Pick<Connection, "id" | "name">> {
  const named: Connection[] = [];
  const path = `/o/${organisation}/connections`;
  for await (const { connections } of pagesOf<ConnectionPage>(mooring, path)) {
    const byId = connections.find(({ id }) => id === wanted.toUpperCase());
    if (byId) return byId;
    named.push(...connections.filter(({ name }) => name === wanted));
  }
  const [first, ...others] = named;
  if (!first) throw new Refusal(`There is no connection ${wanted} that this API key may see.`);
  if (others.length === 0) return first;
  throw new Refusal(`Several connections are called ${wanted}. Give the id of one: ${named.map(({ id }) => id).join(", ")}.`);
}

/** What a listener that was killed has left. One of another machine is not known to be gone. */
async function removeLeftovers(mooring: Mooring, all: string): Promise<void> {
  const left: string[] = [];
  for await (const { subscriptions } of pagesOf<SubscriptionPage>(mooring, all)) {
    left.push(
      ...subscriptions.filter(({ name }) => name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length)))).map(({ id }) => id),
    );
  }
  for (const id of left) await mooring.send("DELETE", `${all}/${id}`);
}

/** Whether another process with this id runs: one that has the id of this one is gone. */
function isAlive(pid: number): boolean {
  if (pid === process.pid || !Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function* pagesOf<Page extends { readonly next?: string }>(mooring: Mooring, path: string): AsyncGenerator<Page> {
  let after: string | undefined;
  for (let page = 0; page < pagesMax; page++) {
    const got: Page = await mooring.send<Page>("GET", path, { query: { first: 100, ...(after !== undefined && { after }) } });
    yield got;
    if (got.next === undefined) return;
    after = got.next;
  }
}

const pagesMax = 1_000;
