import { importAnswer } from "../control/import-answer.ts";
import { type ImportDeps, type Imported, importApi } from "../control/imports.ts";
import { AnsweredBefore } from "../control/once.ts";
import { ask } from "../control/uploads.ts";
import { type Handlers, Pieces } from "./handlers.ts";

/** Handlers of importing an API's description. */
export function importHandlers(deps: ImportDeps): Pick<Handlers, "ImportHTTPConnection" | "GetProtocolUploadURL"> {
  return {
    async ImportHTTPConnection({ call, body }) {
      const imported = await importApi(deps, call, body).catch(beforehand);
      return new Pieces(await importAnswer(deps, call, imported));
    },
    GetProtocolUploadURL: ({ call, params, query }) => ask(deps, call, params.protocol_slug, query),
  };
}

/** A repeated request with an Idempotency-Key is told of the first one's import: its answer is too large to be kept. */
function beforehand(error: unknown): Imported {
  if (error instanceof AnsweredBefore) return error.answer as Imported;
  throw error;
}
