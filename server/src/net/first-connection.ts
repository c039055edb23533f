import type { buildConnector } from "undici";
import type { Call } from "./call.ts";
import type { CallList } from "./call-list.ts";

/**
 * A connector that lets those who wait behind an attempt fail with it. Over TLS, undici opens one connection and has all other calls wait
 * until it knows from there whether it is HTTP/2; when the attempt fails, the next of them makes another, and so on, each waiting for all
 * before it. Here, when there is neither a connection nor another attempt, those of `calls` that wait end as it did (S-9).
 */
export function failingTogether(connect: buildConnector.connector, calls: CallList<Call>): buildConnector.connector {
  let open = 0;
  let attempts = 0;
  return (options, callback) => {
    attempts += 1;
    connect(options, (...[error, socket]) => {
      attempts -= 1;
      if (error === null) {
        open += 1;
        socket.once("close", () => {
          open -= 1;
        });
        callback(null, socket);
        return;
      }
      if (open === 0 && attempts === 0) for (const call of calls.all()) call.failWaiting(error);
      callback(error, null);
    });
  };
}
