import type { AnswerOf, Message } from "@mooring/contract";
import { type QueryClient, skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { importFile } from "../../api/upload.ts";

export type Format = "openapi" | "postman";

/** What is imported. */
export interface Chosen {
  readonly file: File;
  readonly format: Format;
  /** What to call the connection; empty: as the file does. */
  readonly name: string;
}

/** An import, from the first byte to what came of it. It goes on while its page is left. */
export type ImportJob = { readonly chosen: Chosen } & (
  | { readonly state: "sending"; readonly sentBytes: number; readonly cancel: () => void }
  | { readonly state: "reading"; readonly cancel: () => void }
  | { readonly state: "refused"; readonly error: unknown }
  | { readonly state: "done"; readonly outcome: Outcome }
);

/** What came of it. `renameError`: all is there, but under the name that the file has. */
export interface Outcome {
  readonly connection: { readonly id: string; readonly name: string; readonly baseUrl: string };
  readonly counts: Readonly<Record<"actions" | "definitions" | "triggers" | "authSchemes", number>>;
  readonly messages: readonly Message[];
  readonly renameError?: unknown;
}

/** The import of this organisation that runs or ended last; undefined when there was none since the console was opened. */
export function useImportJob(org: string): ImportJob | undefined {
  return useQuery<ImportJob | null>({ ...held, queryKey: keyOf(org), queryFn: skipToken }).data ?? undefined;
}

/** Begins one, and forgets one: `const { start, forget } = useImports(org)`. */
export function useImports(org: string) {
  const queries = useQueryClient();
  return {
    start: (chosen: Chosen) => void run(queries, org, chosen),
    forget: () => queries.setQueryData<ImportJob | null>(keyOf(org), null),
  };
}

const keyOf = (org: string) => ["import", org];
// Held until the console is closed: nobody else knows what came of it.
const held = { staleTime: Number.POSITIVE_INFINITY, gcTime: Number.POSITIVE_INFINITY } as const;

async function run(queries: QueryClient, org: string, chosen: Chosen): Promise<void> {
  const control = new AbortController();
  const cancel = () => control.abort();
  queries.setQueryDefaults(keyOf(org), held);
  const show = (job: ImportJob) => queries.setQueryData<ImportJob | null>(keyOf(org), job);
  // Whoever closes the browser's tab ends it, so they are asked.
  const warn = (event: BeforeUnloadEvent) => event.preventDefault();
  addEventListener("beforeunload", warn);
  show({ state: "sending", chosen, sentBytes: 0, cancel });
  try {
    const answer = await importFile({
      params: { organisation_id: org },
      file: chosen.file,
      metadata: { format: chosen.format },
      signal: control.signal,
      onProgress: (sentBytes) =>
        show(sentBytes < chosen.file.size ? { state: "sending", chosen, sentBytes, cancel } : { state: "reading", chosen, cancel }),
    });
    show({ state: "done", chosen, outcome: await named(org, chosen.name.trim(), answer) });
  } catch (error) {
    show({ state: "refused", chosen, error });
  } finally {
    removeEventListener("beforeunload", warn);
    void queries.invalidateQueries();
  }
}

/** The outcome, with the connection called as was asked. The answer itself may have tens of megabytes and is let go. */
async function named(org: string, name: string, answer: AnswerOf<"ImportHTTPConnection">): Promise<Outcome> {
  const { connection, actions, definitions, triggers = [], messages } = answer;
  const counts = {
    actions: actions.length,
    definitions: definitions.length,
    triggers: triggers.length,
    authSchemes: connection.authSchemeConfigs.length,
  };
  const about = { connection: { id: connection.id, name: connection.name, baseUrl: connection.baseUrl }, counts, messages };
  if (name === "" || name === connection.name) return about;
  try {
    await call("UpdateConnection", {
      params: { organisation_id: org, connection_id: connection.id },
      body: { ...connection, name } as never,
    });
    return { ...about, connection: { ...about.connection, name } };
  } catch (renameError) {
    return { ...about, renameError };
  }
}

/** Which format a file has, by how it begins: a collection of Postman says so in its first lines. */
export async function formatOf(file: File): Promise<Format> {
  const head = await file.slice(0, 4_096).text();
  return /schema\.getpostman\.com|"_postman_id"/.test(head) ? "postman" : "openapi";
}
