import { actionFaults } from "../domain/action-faults.ts";
import type { ApiDraft, DraftAction, DraftDefinition, DraftTrigger } from "../domain/api-draft.ts";
import { triggerFaults } from "../domain/trigger-faults.ts";
import type { KnownDefinitions } from "../domain/way.ts";
import type { DefinitionId } from "../kernel/ids.ts";
import { type ReadApi, readOpenApi } from "../protocols/http/openapi/read.ts";
import type { ApiFileRequest, ApiRows } from "./api-file.ts";
import { openApiOf } from "./api-file-convert.ts";
import { checkJson } from "./check.ts";
import { fileLimits, readDocument } from "./documents.ts";
import { patternFault } from "./patterns.ts";

/**
 * Reads a file and gives its rows portion by portion, then the connection. Each definition has passed what definitions pass when they are
 * created, and each action and trigger has its faults. Throws `Problem` malformed_document for what cannot be parsed, invalid_request for what is no
 * description of an API.
 */
export async function readApiFile(request: ApiFileRequest, give: (rows: ApiRows) => Promise<void>): Promise<ApiDraft> {
  const { document, isConverted, messages } = openApiOf(readDocument(request.bytes, limits).value, request.format);
  const api = readOpenApi(document, { atMs: request.atMs, isConverted, messages, patternFault: remembered(patternFault) });
  const known = new Map<DefinitionId, { readonly accept: readonly string[] }>();
  await inPortions(checkedDefinitions(api, known), sizeOfDefinition, (definitions) => give({ ...none, definitions }));
  await inPortions(checkedActions(api, known), sizeOfWay, (actions) => give({ ...none, actions }));
  await inPortions(checkedTriggers(api, known), sizeOfWay, (triggers) => give({ ...none, triggers }));
  return api.draft();
}

// How large a file may be was decided where it came in. GitHub's has 258,000 values.
const limits = { ...fileLimits, bytesMax: Number.MAX_SAFE_INTEGER, nodesMax: 1_000_000 };

function* checkedDefinitions(api: ReadApi, known: Map<DefinitionId, { readonly accept: readonly string[] }>): Generator<DraftDefinition> {
  for (const definition of api.definitions()) {
    known.set(definition.id, { accept: definition.accept });
    yield isUsable(definition) ? definition : api.refused(definition);
  }
}

function* checkedActions(api: ReadApi, known: KnownDefinitions): Generator<DraftAction> {
  for (const action of api.actions) yield { ...action, errors: actionFaults(action.document, known) };
}

function* checkedTriggers(api: ReadApi, known: KnownDefinitions): Generator<DraftTrigger> {
  for (const trigger of api.triggers) yield { ...trigger, errors: triggerFaults(trigger.document, known) };
}

const none: ApiRows = { definitions: [], actions: [], triggers: [] };

/** What the check takes for addresses of other definitions are here the references by id. */
function isUsable({ content, uses }: DraftDefinition): boolean {
  const names = new Map(uses.map((used) => [used as string, used]));
  return checkJson({ content }, { names, urlPrefix: "mooring:" }).faults.length === 0;
}

const sizeOfDefinition = ({ content, description }: DraftDefinition) => rowSize + content.length + (description?.length ?? 0);

const sizeOfWay = (way: DraftAction | DraftTrigger) => rowSize + JSON.stringify(way).length;

/** What a row takes beside its text. */
const rowSize = 500;

/** Hands rows over, about `portionSize` characters at a time. */
async function inPortions<Row>(rows: Iterable<Row>, sizeOf: (row: Row) => number, give: (portion: Row[]) => Promise<void>): Promise<void> {
  let portion: Row[] = [];
  let size = 0;
  for (const row of rows) {
    portion.push(row);
    size += sizeOf(row);
    if (size < portionSize) continue;
    await give(portion);
    portion = [];
    size = 0;
  }
  if (portion.length > 0) await give(portion);
}

const portionSize = 150_000;

/** APIs repeat the same few patterns. */
function remembered(fault: (pattern: string) => string | undefined): (pattern: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (pattern) => {
    if (known.has(pattern)) return known.get(pattern);
    const found = fault(pattern);
    if (known.size < patternsMax) known.set(pattern, found);
    return found;
  };
}

const patternsMax = 1_000;
