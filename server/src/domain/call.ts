import type { Call, CallOrigin } from "@mooring/contract";
import { timeOf } from "../kernel/ids.ts";
import type { Actor } from "./actor.ts";
import { type CallTally, tallyOf } from "./call-tally.ts";

/** What is known of a call when it has ended. Nothing of what was sent or answered. */
export interface EndedCall {
  /** The request's id, a ULID. */
  readonly id: string;
  readonly actor: Pick<Actor, "kind" | "id">;
  readonly place: CallPlace;
  readonly method: string;
  /** Below the base URL, as it came. */
  readonly path: string;
  /** With its values, which are not kept. */
  readonly query: string;
  /** 0 when the caller was sent none. */
  readonly status: number;
  readonly origin: CallOrigin;
  readonly code: string | undefined;
  readonly durationUs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly attempts: number;
}

/** Where calls go to, as far as that came to be known. */
export interface CallPlace {
  readonly connectionId: string | undefined;
  readonly environmentId: string | undefined;
  /** In the order they are applied. */
  readonly credentialIds: readonly string[];
}

/**
 * Up to `blockCallsMax` calls of one organisation as they are stored. A row of a table for each call would cost five times as much to
 * write and four times the room. `terms` lists each text that calls can be asked for by, so that a block without it need not be read.
 */
export interface CallBlock {
  readonly firstId: string;
  readonly lastId: string;
  readonly size: number;
  readonly terms: string;
  readonly rows: string;
  /** What they add up to, which is stored beside the block. */
  readonly tally: CallTally;
}

export const blockCallsMax = 500;

/** What all ids of a block begin with: blocks never reach beyond 33 s, so that those that overlap lie together. */
export const spanOf = (id: string): string => id.slice(0, 7);

/** The calls, in the order of their ids, in as few blocks as the bounds of a block allow. */
export function blocksOf(calls: readonly EndedCall[]): CallBlock[] {
  const sorted = calls.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const blocks: CallBlock[] = [];
  for (let from = 0; from < sorted.length; ) {
    const span = spanOf((sorted[from] as EndedCall).id);
    let to = from + 1;
    while (to < sorted.length && to - from < blockCallsMax && sorted[to]?.id.startsWith(span)) to += 1;
    blocks.push(blockOf(sorted.slice(from, to)));
    from = to;
  }
  return blocks;
}

/** Id, microseconds, bytes in and out, attempts; then places in `paths` and in `terms`, -1 for none. */
type Row = [
  id: string,
  durationUs: number,
  bytesIn: number,
  bytesOut: number,
  attempts: number,
  path: number,
  kind: number,
  actor: number,
  connection: number,
  environment: number,
  method: number,
  status: number,
  origin: number,
  code: number,
  credentials: number,
];

function blockOf(calls: readonly EndedCall[]): CallBlock {
  const [terms, paths] = [createIndex(), createIndex()];
  const rows = calls.map(
    (call): Row => [
      call.id,
      call.durationUs,
      call.bytesIn,
      call.bytesOut,
      call.attempts,
      paths.of(recordedPath(call)),
      terms.of(call.actor.kind),
      terms.of(call.actor.id),
      terms.of(call.place.connectionId),
      terms.of(call.place.environmentId),
      terms.of(call.method),
      call.status === 0 ? -1 : terms.of(statusTerm(call.status)),
      terms.of(call.origin),
      terms.of(call.code),
      // What was not sent used none.
      call.attempts === 0 || call.place.credentialIds.length === 0 ? -1 : terms.of(call.place.credentialIds.join(" ")),
    ],
  );
  return {
    firstId: calls[0]?.id ?? "",
    lastId: calls.at(-1)?.id ?? "",
    size: calls.length,
    terms: JSON.stringify(terms.all()),
    rows: JSON.stringify([paths.all(), rows]),
    tally: tallyOf(calls),
  };
}

function createIndex(): { of(text: string | undefined): number; all(): string[] } {
  const places = new Map<string, number>();
  return {
    of(text) {
      if (text === undefined) return -1;
      let place = places.get(text);
      if (place === undefined) {
        place = places.size;
        places.set(text, place);
      }
      return place;
    },
    all: () => [...places.keys()],
  };
}

const pathLengthMax = 2000;

/** The path with the names of the query's parameters: a value may be a secret. */
function recordedPath({ path, query }: Pick<EndedCall, "path" | "query">): string {
  const names = query === "" ? "" : `?${query.replaceAll(/=[^&]*/g, "=")}`;
  return `${path}${names}`.slice(0, pathLengthMax);
}

/** Marked, so that no other term looks like one. */
const statusTerm = (status: number | string) => `=${status}`;

/** Which calls are asked for: all of it must fit. */
export interface CallFilter {
  readonly connection?: string | undefined;
  readonly environment?: string | undefined;
  readonly actor?: string | undefined;
  readonly method?: string | undefined;
  /** As in `404` or `5xx`. */
  readonly status?: string | undefined;
  readonly origin?: CallOrigin | undefined;
  readonly code?: string | undefined;
  /** What a key is limited to; undefined when it is not. */
  readonly connections?: ReadonlySet<string> | undefined;
  readonly environments?: ReadonlySet<string> | undefined;
}

/** Ids above `above` and below `below`, neither included. */
export interface CallRange {
  readonly above: string;
  readonly below: string;
}

/** Texts each of which stands in `terms` of every block that holds a call for `filter`. Blocks without such a call may have them too. */
export function termsOf({ connection, environment, actor, method, status, origin, code }: CallFilter): string[] {
  const whole = [connection, environment, actor, method, origin, code].filter((term) => term !== undefined);
  const quoted = whole.map((term) => JSON.stringify(term));
  if (status === undefined) return quoted;
  return [...quoted, status.endsWith("xx") ? `"${statusTerm(status.slice(0, 1))}` : JSON.stringify(statusTerm(status))];
}

/** The calls of a block that are within `range` and fit `filter`, oldest first. */
export function callsIn(block: Pick<CallBlock, "terms" | "rows">, range: CallRange, filter: CallFilter): Call[] {
  const terms: string[] = JSON.parse(block.terms);
  const [paths, rows]: [string[], Row[]] = JSON.parse(block.rows);
  const fits = fitting(terms, filter);
  return rows.filter((row) => row[0] > range.above && row[0] < range.below && fits(row)).map((row) => callOf(row, terms, paths));
}

/** Compares places instead of texts. */
function fitting(terms: readonly string[], filter: CallFilter): (row: Row) => boolean {
  const { connections, environments, status } = filter;
  const one = (term: string | undefined) => (term === undefined ? undefined : [terms.indexOf(term)]);
  const some = (isWanted: (term: string) => boolean) => terms.flatMap((term, place) => (isWanted(term) ? [place] : []));
  const wanted: [column: number, places: readonly number[] | undefined][] = [
    [7, one(filter.actor)],
    [8, one(filter.connection)],
    [8, connections && some((term) => connections.has(term))],
    [9, one(filter.environment)],
    [9, environments && some((term) => environments.has(term))],
    [10, one(filter.method)],
    [11, status?.endsWith("xx") ? some((term) => term.startsWith(statusTerm(status.slice(0, 1)))) : one(status && statusTerm(status))],
    [12, one(filter.origin)],
    [13, one(filter.code)],
  ];
  const asked = wanted.filter((one): one is [number, readonly number[]] => one[1] !== undefined);
  return (row) => asked.every(([column, places]) => row[column] !== -1 && places.includes(row[column] as number));
}

function callOf(row: Row, terms: readonly string[], paths: readonly string[]): Call {
  const [id, durationUs, requestBytes, responseBytes, attempts, path, kind, actor, connection, environment, method, status, origin, code] =
    row;
  const optional = <Name extends string>(name: Name, place: number) => (place === -1 ? {} : { [name]: terms[place] as string });
  return {
    id,
    at: timeOf(id).toISOString(),
    actor: { type: terms[kind] as Call["actor"]["type"], id: terms[actor] as string },
    ...optional("connectionId", connection),
    ...optional("environmentId", environment),
    method: terms[method] as string,
    path: paths[path] as string,
    ...(status === -1 ? {} : { status: Number(terms[status]?.slice(1)) }),
    origin: terms[origin] as CallOrigin,
    ...optional("code", code),
    durationMs: durationUs / 1000,
    requestBytes,
    responseBytes,
    attempts,
    credentialIds: row[14] === -1 ? [] : (terms[row[14]] as string).split(" "),
    requestId: id,
  };
}
