import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { ActionBigQueryParameter } from "@mooring/contract";
import { onTestFinished } from "vitest";
import type { BigQueryActionDocument } from "../../src/domain/action.ts";
import type { EnvironmentSnapshot } from "../../src/domain/snapshot.ts";
import { answerProblem } from "../../src/gateway/answer.ts";
import { systemDoors } from "../../src/gateway/attempts.ts";
import { type BigQueryDeps, createBigQuery } from "../../src/gateway/bigquery.ts";
import { createBigQueryRequests } from "../../src/gateway/bigquery-requests.ts";
import { type Call, newCall } from "../../src/gateway/call.ts";
import type { Prepared } from "../../src/gateway/prepare.ts";
import { planQuery } from "../../src/gateway/query-plan.ts";
import type { Outcome } from "../../src/gateway/relay.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { Problem } from "../../src/kernel/errors.ts";
import { createIds } from "../../src/kernel/ids.ts";
import { createLog } from "../../src/kernel/log.ts";
import { parseEgressRule } from "../../src/net/egress.ts";
import { createNet } from "../../src/net/net.ts";
import { baseOf, httpProof } from "../../src/protocols/http/plan.ts";
import { type BigQuery, startBigQuery } from "../harness/bigquery.ts";
import { type Answer, call, environmentId, org } from "./rig.ts";

/** What performs queries, in front of the stand-in for BigQuery. All of it is closed when the test ends. */
export interface BigQueryRig {
  readonly bigQuery: BigQuery;
  readonly port: number;
  /** How calls ended, in their order. */
  readonly ended: { readonly outcome: Outcome; readonly call: Call }[];
  /** Runs a query and reads the whole answer; rejects when that breaks off. */
  query(sql: string, asked?: Query): Promise<Answer & { readonly json: Result }>;
}

export interface Query {
  readonly declared?: readonly Partial<ActionBigQueryParameter>[];
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly document?: Partial<BigQueryActionDocument>;
  readonly headers?: string[];
}

/** The body of an answer, where it is one. */
export interface Result {
  readonly schema: readonly { readonly name: string; readonly type: string; readonly mode: string }[];
  readonly rows: readonly Record<string, unknown>[];
  readonly totalRows: string;
  readonly fields?: readonly { readonly field: string; readonly message: string }[];
}

export async function bigQueryRig(given: Partial<BigQueryDeps> & { snapshot?: Partial<EnvironmentSnapshot> } = {}): Promise<BigQueryRig> {
  const bigQuery = await startBigQuery();
  const net = createNet({ allow: [parseEgressRule("127.0.0.0/8")], log: createLog("silent"), clock: systemClock });
  const doors = given.doors ?? systemDoors;
  const perform = createBigQuery({ ...given, doors, ask: createBigQueryRequests({ net, clock: systemClock, doors }) });
  const newId = createIds(systemClock);
  const ended: BigQueryRig["ended"] = [];
  const prepared = preparedWith("good", bigQuery.url, given.snapshot);
  const front = createServer((request, response) => void served(request, response));
  await new Promise<void>((done) => front.listen(0, "127.0.0.1", done));
  onTestFinished(async () => {
    front.closeAllConnections();
    front.close();
    await net.close();
    await bigQuery.close();
  });
  const { port } = front.address() as AddressInfo;
  return { bigQuery, port, ended, query };

  async function served(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const invocation = JSON.parse(await text(request));
    const one = newCall(request, response, newId<string>());
    try {
      const planned = planQuery(one, prepared.snapshot, { actionId: "action", ...invocation }, 1_000_000);
      perform(one, prepared, planned, (it, outcome) => ended.push({ outcome, call: it }));
    } catch (error) {
      answerProblem(response, error instanceof Problem ? error : new Problem("internal", { cause: error }), one.requestId);
    }
  }

  async function query(sql: string, asked: Query = {}) {
    const answer = await call(port, "/", { method: "POST", headers: asked.headers ?? [], body: bodyOf(sql, asked) });
    const isJson = answer.headers["content-type"]?.startsWith("application/json");
    return { ...answer, json: isJson ? JSON.parse(answer.body.toString()) : undefined };
  }
}

/** What the front of the rig takes. */
export function bodyOf(sql: string, { declared = [], parameters = {}, document }: Query): string {
  const all = declared.map((one) => ({ required: false, type: "STRING", ...one }));
  return JSON.stringify({ document: { type: "bigquery", query: sql, parameters: all, ...document }, parameters });
}

/** An environment's own, with a token. */
export function preparedWith(token: string, baseUrl: string, changes: Partial<EnvironmentSnapshot> = {}): Prepared {
  const variables = new Map([["project", "acme"]]);
  const snapshot = {
    org,
    environmentId,
    protocol: "bigquery",
    baseUrl,
    variables,
    credentials: [],
    ...changes,
  } as unknown as EnvironmentSnapshot;
  const proof = httpProof({ headers: ["Authorization", `Bearer ${token}`], queryNames: [], query: "", signatures: [] });
  return { snapshot, proof, base: () => baseOf(snapshot), isRenewable: true };
}
