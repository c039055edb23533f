import type { ApiDraft, DraftAction, DraftDefinition, DraftTrigger } from "../../../src/domain/api-draft.ts";
import { exportOpenApi } from "../../../src/protocols/http/openapi/export.ts";
import { readOpenApi } from "../../../src/protocols/http/openapi/read.ts";
import { patternFault } from "../../../src/sandbox/patterns.ts";

/** All that a document holds. */
export interface Whole {
  readonly draft: ApiDraft;
  readonly actions: readonly DraftAction[];
  readonly triggers: readonly DraftTrigger[];
  readonly definitions: readonly DraftDefinition[];
}

/** Reads a document as an import does, but in this thread. */
export function readWhole(document: unknown): Whole {
  const api = readOpenApi(document, { atMs: Date.UTC(2026, 0, 1), patternFault });
  const definitions = [...api.definitions()];
  return { actions: api.actions, triggers: api.triggers, definitions, draft: api.draft() };
}

/** Exports what was read, as a document. */
export async function exportWhole({ draft, actions, triggers, definitions }: Whole): Promise<Record<string, unknown>> {
  const heads = actions.flatMap(({ id, name, document }) =>
    document.type === "http" ? [{ id, name, method: document.method, path: document.path }] : [],
  );
  const pieces = exportOpenApi(
    { ...draft, version: "1", actions: heads, triggers, definitions },
    {
      actions: async (ids) => actions.filter(({ id }) => ids.includes(id)),
      triggers: async (ids) => triggers.filter(({ id }) => ids.includes(id)),
      definitions: async (ids) => definitions.filter(({ id }) => ids.includes(id)),
    },
  );
  let text = "";
  for await (const piece of pieces) text += piece;
  return JSON.parse(text);
}

/** The same with names in place of ids and in the order of names, so that two readings can be compared. */
export function comparable({ draft, actions, triggers, definitions }: Whole): unknown {
  const names = new Map<string, string>(definitions.map(({ id, name }) => [id, name]));
  const named = (text: string) => text.replace(/(?<=mooring:)[0-9A-Z]{26}/g, (id) => names.get(id) ?? id);
  const described = (row: DraftAction | DraftTrigger | DraftDefinition) =>
    JSON.parse(JSON.stringify({ ...row, id: "", uses: row.uses.map((id) => names.get(id)).sort() }), (key, value) => {
      if (key === "id" && names.has(value)) return names.get(value);
      if (key === "responses") return [...value].sort((one, other) => (one.status ?? 1000) - (other.status ?? 1000));
      return value;
    });
  const sorted = <Row extends { readonly name: string }>(rows: readonly Row[]) =>
    [...rows].sort((one, other) => (one.name < other.name ? -1 : 1));
  return {
    ...draft,
    messages: [],
    actions: sorted(actions).map(described),
    triggers: sorted(triggers).map(described),
    definitions: sorted(definitions).map((row) => ({ ...described(row), content: JSON.parse(named(row.content)) })),
  };
}

/** A document with these paths, and whatever else is given. */
export const openApi = (paths: unknown, more: Record<string, unknown> = {}) => ({
  openapi: "3.1.0",
  info: { title: "An API", version: "1" },
  servers: [{ url: "https://api.example.com" }],
  paths,
  ...more,
});

/** The same in OpenAPI 3.0. */
export const openApi30 = (paths: unknown, more: Record<string, unknown> = {}) => openApi(paths, { openapi: "3.0.3", ...more });

/** A document whose schemas are these. */
export const withSchemas = (schemas: unknown, version = "3.1.0") => openApi({}, { openapi: version, components: { schemas } });

/** The schemas that were read, by name, with names in references. */
export function schemasOf(document: unknown): Record<string, unknown> {
  const { definitions } = comparable(readWhole(document)) as { definitions: { name: string; content: unknown }[] };
  return Object.fromEntries(definitions.map(({ name, content }) => [name, content]));
}

/** The only action of a document, as what it does. */
export function actionOf(document: unknown) {
  const { actions } = readWhole(document);
  const [action] = actions;
  if (action?.document.type !== "http" || actions.length !== 1) throw new Error("There is not one action.");
  return { ...action, ...action.document };
}

/** Where messages say that something was left out: the places of those whose text has `words`; undefined when there is none. */
export const placesOf = (document: unknown, words: string): readonly string[] | undefined =>
  readWhole(document).draft.messages.find(({ text }) => text.includes(words))?.detail;
