import type { BigQueryActionDocument } from "../domain/action.ts";
import type { EnvironmentSnapshot } from "../domain/snapshot.ts";
import { Problem } from "../kernel/errors.ts";
import type { ConnectionId, OrganisationId } from "../kernel/ids.ts";
import { readPage, readRefusal } from "../protocols/bigquery/answers.ts";
import { typesAlone } from "../protocols/bigquery/parameters.ts";
import { dryRunRequest } from "../protocols/bigquery/requests.ts";
import type { Field } from "../protocols/bigquery/schema.ts";
import { createTurns } from "../traffic/turns.ts";
import type { Ask, Session } from "./bigquery-requests.ts";
import type { Prepared } from "./prepare.ts";
import { queryThrough, standardRetries } from "./query-plan.ts";
import type { Renewals, Renewing } from "./renewals.ts";
import type { Snapshots } from "./resolve.ts";
import type { WholeAnswer } from "./whole-answer.ts";

/**
 * Asks BigQuery what a query would give and read, through an environment by its id or name; nothing runs, and nothing is billed. Rejects
 * with `Problem` not_found where there is no such environment, query_refused with BigQuery's words, and as a call does.
 */
export type DryRun = (asked: AskedDryRun) => Promise<DryRunAnswer>;

export interface AskedDryRun {
  readonly org: OrganisationId;
  readonly connectionId: ConnectionId;
  readonly environment: string;
  readonly document: BigQueryActionDocument;
  readonly requestId: string;
}

export interface DryRunAnswer {
  /** Of the rows; empty for a statement that has none. */
  readonly schema: readonly Field[];
  /** As BigQuery writes it. */
  readonly totalBytesProcessed: string;
}

export interface DryRunDeps {
  readonly ask: Ask;
  readonly snapshots: Pick<Snapshots, "get">;
  readonly renewals: Renewals;
  readonly prepare: (snapshot: EnvironmentSnapshot) => Prepared;
  readonly bytesBilledMax: number;
}

export function createDryRun({ ask, snapshots, renewals, prepare, bytesBilledMax }: DryRunDeps): DryRun {
  const inTurn = createTurns({ placesMax });
  return (asked) => inTurn(asked.org, () => run(asked));

  async function run(asked: AskedDryRun): Promise<DryRunAnswer> {
    const renewing: Renewing & { snapshot: EnvironmentSnapshot | undefined } = {
      request: { rawHeaders: [] },
      target: { environment: asked.environment },
      snapshot: undefined,
      renewals: 0,
    };
    const snapshot = await usable(asked, renewing);
    const { document, requestId } = asked;
    const query = queryThrough(snapshot, { document, parameters: typesAlone(document.parameters), bytesBilledMax, requestId });
    const session: Session = {
      prepared: prepare(snapshot),
      renew: () => renewals.again(renewing),
      retriesLeft: standardRetries,
      repeats: 0,
    };
    const answer = await ask(session, dryRunRequest({ ...query, timeoutMs }), { endsAtMs: performance.now() + totalMs });
    if (answer.status !== 200) throw refused(answer, session.prepared);
    const { schema = [], totalBytesProcessed = "0" } = readPage(answer.body);
    return { schema, totalBytesProcessed };
  }

  async function usable({ org, connectionId, environment }: AskedDryRun, renewing: Renewing & { snapshot: unknown }) {
    for (;;) {
      const snapshot = await snapshots.get(org, connectionId, environment);
      if (!snapshot) throw new Problem("not_found", { message: "The connection has no such environment." });
      renewing.snapshot = snapshot;
      const renewal = renewals.before(renewing, snapshot);
      if (!renewal) return snapshot;
      await renewal;
    }
  }
}

/** What BigQuery says goes to whoever writes the query, without the token, should it be in there. */
function refused({ status, body }: WholeAnswer, { proof }: Prepared): Problem {
  const { reason, message } = readRefusal(body);
  const secrets = proof.headers.flatMap((value, at) => (at % 2 === 1 ? value.split(" ").slice(-1) : []));
  const said = secrets.filter(Boolean).reduce((text, secret) => text.replaceAll(secret, "********"), message);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an outside system may say anything
  const shown = said.slice(0, wordsMax).replaceAll(/[\x00-\x1f\x7f]/g, " ");
  return new Problem("query_refused", {
    message: `BigQuery refuses the query (${status}${reason ? ` ${reason.slice(0, 100)}` : ""}): ${shown}`,
  });
}

const placesMax = 16;
const timeoutMs = 10_000;
const totalMs = 60_000;
const wordsMax = 2_000;
