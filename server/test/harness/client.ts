import { type OperationId, operations } from "@mooring/contract";
import type { Actor } from "./actors.ts";
import { type Answer, checkedAnswer, type RawAnswer } from "./answers.ts";
import { leaksIn } from "./canary.ts";
import { type FormPart, formOf } from "./forms.ts";

/** What to send. `organisation_id` is the actor's own unless given. `text` with `contentType`, and `form`, stand in for a JSON `body`. */
export interface Sent {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: unknown;
  readonly text?: string | Uint8Array;
  readonly contentType?: string;
  readonly form?: readonly FormPart[];
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Client {
  /** Sends one operation as `actor`. Throws when the answer, whatever its status, is not what the contract promises. */
  send<Id extends OperationId>(actor: Actor, operation: Id, sent?: Sent): Promise<Answer<Id>>;
  /** The same for what must succeed. */
  must<Id extends OperationId>(actor: Actor, operation: Id, sent?: Sent): Promise<Answer<Id>>;
  /** Sends anything anywhere, and checks nothing. */
  raw(path: string, init?: RequestInit): Promise<RawAnswer>;
}

/** What a client was told: how often, and every place in it where a secret showed (V-7). */
export interface Heard {
  answers: number;
  readonly leaks: string[];
}

/**
 * A client that searches every answer it gets, headers too, for secrets, and notes them in `heard`. `logLines` is the server's log, where
 * the cause of a fault is looked for.
 */
export function createClient(origin: URL, heard: Heard, logLines: readonly string[]): Client {
  async function raw(path: string, init: RequestInit = {}): Promise<RawAnswer> {
    const response = await fetch(new URL(path, origin), { redirect: "manual", ...init });
    const answer = { status: response.status, headers: response.headers, text: await response.text() };
    heard.answers += 1;
    heard.leaks.push(...leaksIn(JSON.stringify([...answer.headers])), ...leaksIn(answer.text));
    return answer;
  }

  async function send<Id extends OperationId>(actor: Actor, id: Id, sent: Sent = {}): Promise<Answer<Id>> {
    const answer = await raw(addressOf(id, actor, sent), requestOf(id, actor, sent));
    if (answer.status === 500) throw new Error(`${id} ended in a fault: ${logLines.findLast((line) => line.includes('"error"'))}`);
    return checkedAnswer(id, answer);
  }

  async function must<Id extends OperationId>(actor: Actor, id: Id, sent: Sent = {}): Promise<Answer<Id>> {
    const answer = await send(actor, id, sent);
    if (answer.status >= 400) throw new Error(`${id} as ${actor.name} answered ${answer.status} ${answer.text}`);
    return answer;
  }

  return { raw, send, must };
}

/** The path and query of an operation with these parameters filled in. Throws when one is missing. */
function addressOf(id: OperationId, actor: Actor, { params = {}, query = {} }: Sent): string {
  const known: Readonly<Record<string, string>> = { organisation_id: actor.org, ...params };
  const path = operations[id].path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    if (known[name] === undefined) throw new Error(`${id} needs ${name}.`);
    return encodeURIComponent(known[name]);
  });
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)])).toString();
  return search === "" ? path : `${path}?${search}`;
}

function requestOf(id: OperationId, actor: Actor, { body, text, contentType = "application/json", form, headers }: Sent): RequestInit {
  const payload = text ?? (body === undefined ? undefined : JSON.stringify(body));
  // The type of a form names its boundary, which is not known yet.
  const sent = form ? formOf(form) : payload;
  return {
    method: operations[id].method,
    headers: {
      ...actor.headers,
      ...(payload === undefined ? {} : { "content-type": contentType }),
      ...headers,
      ...cookies(actor.headers.cookie, headers?.cookie),
    },
    ...(sent === undefined ? {} : { body: sent as BodyInit }),
  };
}

// A browser sends all that it has.
function cookies(...given: (string | undefined)[]): Record<string, string> {
  const all = given.filter((cookie) => cookie !== undefined);
  return all.length === 0 ? {} : { cookie: all.join("; ") };
}
