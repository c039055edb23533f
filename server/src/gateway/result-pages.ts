import { Problem } from "../kernel/errors.ts";
import type { ResultPage } from "../protocols/bigquery/answers.ts";
import type { RetryDoors } from "./attempts.ts";
import { pause } from "./bigquery-requests.ts";
import type { AnswerRoom } from "./held-answer.ts";
import type { Given, QueryJob } from "./query-job.ts";

export interface PagesDeps {
  /** For all pages that are held in the process at a time. */
  readonly room: AnswerRoom;
  readonly doors: RetryDoors;
  readonly signal: AbortSignal;
}

/**
 * The pages of a query from its first on, for which there is room already. Asks for the next while the one before is written, where there
 * is room for both, and no further ahead. Where there is none it waits, so that no number of slow callers fills the memory (L-2).
 */
export async function* pagesOf(first: ResultPage, job: QueryJob, { room, doors, signal }: PagesDeps): AsyncGenerator<ResultPage> {
  let page = first;
  let held = first.bytes;
  let ahead = 0;
  try {
    for (;;) {
      const { pageToken, bytes } = page;
      let next: Promise<Given> | undefined;
      if (pageToken !== undefined && room.take(bytes)) {
        ahead = bytes;
        next = job.page(pageToken);
        // Whoever writes the page may be gone before this fails.
        next.catch(() => {});
      }
      yield page;
      room.leave(held);
      held = 0;
      if (pageToken === undefined) return;
      if (next === undefined) {
        while (!room.take(bytes)) await pause(doors, pauseMs, signal);
        ahead = bytes;
        next = job.page(pageToken);
      }
      page = pageOf(await next);
      // The next is counted as long as the one before until it is there.
      [held, ahead] = [ahead, 0];
    }
  } finally {
    room.leave(held + ahead);
  }
}

const pauseMs = 100;

function pageOf({ page, refused }: Given): ResultPage {
  if (page?.isComplete) return page;
  throw new Problem("upstream_unreachable", {
    message: `BigQuery broke off between two pages of rows (${refused?.status ?? "not complete"}).`,
  });
}

/** Takes room for a first page. Throws `Problem` overloaded when there is none. */
export function requireRoom(room: AnswerRoom, { bytes }: ResultPage): void {
  if (room.take(bytes)) return;
  throw new Problem("overloaded", { message: "Too many rows wait for their callers; try again shortly.", retryAfterSeconds: 1 });
}

/** How many bytes of pages are held at a time: as they came, and several times that once they are read. */
export const pageBytesMax = 128 * 1024 * 1024;
