import { isDeepStrictEqual } from "node:util";
import { operations } from "@mooring/contract";
import type { Actor } from "../harness/actors.ts";
import type { Answer } from "../harness/answers.ts";
import type { Client, Sent } from "../harness/client.ts";
import type { Content, Ledger } from "../harness/ledger.ts";
import { type HTTPConnection, type Wish, type Wishing, wishes } from "./changes.ts";
import type { Inspector } from "./inspector.ts";
import type { Random } from "./random.ts";
import { readThing } from "./reading.ts";

/** One of several who change things at the same time, each its own. */
export interface Worker {
  readonly ledger: Ledger;
  /** Asks for one change after the other until no answer comes. */
  work(client: Client): Promise<void>;
  /**
   * Compares what is there with what the ledger says must be; settles the change that was not answered. Gives what is wrong, a line
   * each: something that was acknowledged and is lost, or something that is half there.
   */
  check(client: Client, inspector: Inspector): Promise<string[]>;
}

export interface WorkerDeps {
  readonly name: string;
  readonly actor: Actor;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly outside: URL;
  readonly counterId: string;
}

export function createWorker({ name, actor, ledger, random, outside, counterId }: WorkerDeps): Worker {
  let marks = 0;
  /** The wish that was not answered, and the key it was sent with. */
  let open: { wish: Wish; sent: Sent } | undefined;
  return { ledger, work, check };

  async function work(client: Client): Promise<void> {
    while (!open) {
      const wish = await unlessKilled(nextWish(client));
      if (wish === "killed") return;
      if (wish) await ask(client, wish);
    }
  }

  function nextWish(client: Client): Promise<Wish | undefined> {
    marks += 1;
    const wishing: Wishing = {
      account: ledger.account,
      random,
      mark: `${name}-${marks}`,
      outside,
      read: async (id) => {
        const { body, headers } = await client.must(actor, "GetConnection", { params: { connection_id: id } });
        return { connection: body as HTTPConnection, etag: headers.get("etag") ?? "" };
      },
      counter: { id: counterId, own: name },
    };
    return (random.pick(wishes) ?? wishes[0])?.(wishing) ?? Promise.resolve(undefined);
  }

  async function ask(client: Client, wish: Wish): Promise<void> {
    const sent = { ...wish.sent, headers: { ...wish.sent.headers, "idempotency-key": `${name}-${marks}` } };
    ledger.asked(wish.change);
    const answer = await unlessKilled(client.send(actor, wish.operation, sent));
    // 503 is no answer either: the database may have done it before it fell silent.
    if (answer === "killed" || answer.status === 503) open = { wish, sent };
    else if (answer.status < 300) ledger.told(wish.told(answer));
    else if (expectedRefusals.has(answer.error.code)) ledger.refused();
    else throw new Error(`${wish.operation} answered ${answer.status} ${answer.text}`);
  }

  async function check(client: Client, inspector: Inspector): Promise<string[]> {
    const faults = open ? await settle(client, inspector, open) : [];
    open = undefined;
    const account = ledger.reread();
    for (const [id, { kind, content }] of account.things) {
      const found = await readThing({ client, actor, account, counterId }, kind, id);
      if (!isDeepStrictEqual(found, content)) faults.push(`${name}: ${kind} ${id} was told to be ${show(content)} and is ${show(found)}`);
    }
    for (const { id, kind, content } of account.gone.slice(-goneChecked)) {
      const found = await readThing({ client, actor, account, counterId }, kind, id, content);
      if (found !== undefined) faults.push(`${name}: ${kind} ${id} was told to be deleted and is ${show(found)}`);
    }
    return faults;
  }

  /** Finds out whether an unanswered change happened; either is right, but nothing between. A POST is sent again, and must end as one (B-3). */
  async function settle(client: Client, inspector: Inspector, { wish, sent }: { wish: Wish; sent: Sent }): Promise<string[]> {
    const { change, operation } = wish;
    const faults: string[] = [];
    const account = ledger.reread();
    const id = change.id ?? (await made(inspector, change.kind, sent));
    const before = change.id === undefined ? undefined : account.things.get(change.id)?.content;
    const found = id === undefined ? undefined : await readThing({ client, actor, account, counterId }, change.kind, id, before);
    const isDone = isAsAsked(found, change.content);
    if (!isDone && !isAsAsked(found, before)) {
      faults.push(`${name}: unanswered ${operation} of ${id} left ${show(found)}, neither ${show(before)} nor ${show(change.content)}`);
    }
    if (operations[operation].method !== "POST") {
      ledger.found({ isDone });
      return faults;
    }
    const repeated = (await client.must(actor, operation, sent)) as Answer;
    const { requestId, ...told } = wish.told(repeated);
    ledger.told(isDone || requestId === undefined ? told : { ...told, requestId });
    if (isDone && change.id === undefined && told.id !== id) faults.push(`${name}: ${operation} made ${id}, and ${told.id} when repeated`);
    return faults;
  }

  /** The id of what an unanswered POST made; undefined when it made nothing. Throws when it made two. */
  async function made(inspector: Inspector, kind: string, { body }: Sent): Promise<string | undefined> {
    const table = ({ connection: "connections", credential: "credentials", version: "versions", "api-key": "api_keys" } as const)[kind];
    const wanted = (body as { name: string }).name;
    const rows = await inspector.rows<{ id: string }>(`select id from ${table} where name = '${wanted}'`);
    if (rows.length > 1) throw new Error(`There are ${rows.length} ${table} named ${wanted}.`);
    return rows[0]?.id;
  }
}

const goneChecked = 5;

/** Somebody else was faster; it is used by an environment; the connection went meanwhile. */
const expectedRefusals = new Set(["precondition_failed", "credential_in_use"]);

/** What was shown only once, as an API key is, cannot be found afterwards. */
function isAsAsked(found: Content | undefined, asked: Content | undefined): boolean {
  if (found === undefined || asked === undefined) return found === asked;
  return isDeepStrictEqual(found, asked);
}

/** What `promise` gives, or `killed` when the connection broke before an answer was there. */
async function unlessKilled<Result>(promise: Promise<Result>): Promise<Result | "killed"> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof TypeError && /fetch failed|terminated/.test(error.message)) return "killed";
    throw error;
  }
}

const show = (content: Content | undefined) => (content === undefined ? "not there" : JSON.stringify(content));
