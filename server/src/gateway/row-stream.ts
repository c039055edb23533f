import type { ServerResponse } from "node:http";
import type { ResultPage } from "../protocols/bigquery/answers.ts";
import { rowWriter } from "../protocols/bigquery/rows.ts";

/** How rows are answered: in one JSON object with what is known of them, or each in a line of its own. */
export type RowForm = "json" | "ndjson";

/** The form that an Accept header asks for; JSON when it says nothing of the other. */
export const rowFormOf = (accept: string | undefined): RowForm =>
  /\bapplication\/(?:x-)?ndjson\b/i.test(accept ?? "") ? "ndjson" : "json";

export const rowMediaTypes: Readonly<Record<RowForm, string>> = {
  json: "application/json; charset=utf-8",
  ndjson: "application/x-ndjson; charset=utf-8",
};

/**
 * Writes pages of rows into an answer that has begun, and ends it. Goes on only as fast as the caller reads, and holds one page, and
 * `pages` perhaps the next. Rejects when a row makes no sense, with what `pages` rejects with, and with the signal's reason: the answer
 * is then not ended. `onBytes` is told of all that is written.
 */
export async function streamRows(
  response: ServerResponse,
  pages: AsyncIterable<ResultPage>,
  { form, signal, onBytes }: RowStream,
): Promise<void> {
  let write: ((row: unknown) => string) | undefined;
  let held = "";
  let isFirstRow = true;
  for await (const page of pages) {
    if (write === undefined) {
      write = rowWriter(page.schema ?? []);
      if (form === "json") held = headOf(page);
    }
    for (const row of page.rows) {
      if (form === "json" && !isFirstRow) held += ",";
      isFirstRow = false;
      held += write(row);
      if (form === "ndjson") held += "\n";
      if (held.length < pieceLength) continue;
      await send(held);
      held = "";
    }
  }
  response.end(counted(form === "json" ? `${held}]}` : held));

  async function send(text: string): Promise<void> {
    if (signal.aborted) throw signal.reason;
    if (!response.write(counted(text))) await drained(response, signal);
  }

  function counted(text: string): Buffer {
    const piece = Buffer.from(text);
    onBytes(piece.length);
    return piece;
  }
}

export interface RowStream {
  readonly form: RowForm;
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
}

/** All but the rows, which come last, and the end. */
function headOf({ schema = [], totalRows, totalBytesProcessed, changedRows, isCacheHit }: ResultPage): string {
  const head = { schema, totalRows, totalBytesProcessed, cacheHit: isCacheHit, numDmlAffectedRows: changedRows };
  return `${JSON.stringify(head).slice(0, -1)},"rows":[`;
}

function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const go = () => end(resolve);
    const stop = () => end(() => reject(signal.reason));
    response.once("drain", go);
    signal.addEventListener("abort", stop, { once: true });
    function end(then: () => void): void {
      response.off("drain", go);
      signal.removeEventListener("abort", stop);
      then();
    }
  });
}

const pieceLength = 64 * 1024;
