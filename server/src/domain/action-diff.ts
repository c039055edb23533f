import type { VersionDiffChange } from "@mooring/contract";
import type { BigQueryActionDocument, DefinitionLink, HttpActionDocument, StoredAction } from "./action.ts";
import { changeAt, changeOf } from "./content-change.ts";
import { pointerTo } from "./content-error.ts";
import { type Linked, linkChange, linkChanges, responseChanges } from "./exchange-diff.ts";
import { parameterChanges } from "./parameter-diff.ts";
import { parseTemplate, spelled } from "./template.ts";

/**
 * What differs between two states of an action. Places are JSON Pointers in which parameters go by place and name, responses by status,
 * and definitions by media type: an order says nothing.
 */
export function actionChanges(before: StoredAction, after: StoredAction, linked: Linked): VersionDiffChange[] {
  return [
    ...changeOf("/name", before.name, after.name, "Calls name the action by it."),
    ...changeOf("/summary", before.summary, after.summary),
    ...changeOf("/description", before.description, after.description),
    ...documentChanges(before, after, linked),
  ];
}

function documentChanges({ document: before }: StoredAction, { document: after }: StoredAction, linked: Linked): VersionDiffChange[] {
  if (before.type === "http" && after.type === "http") return httpChanges(before, after, linked);
  if (before.type === "bigquery" && after.type === "bigquery") return bigQueryChanges(before, after, linked);
  return [changeAt("/type", { before: before.type, after: after.type }, "It is called in another way.")];
}

function httpChanges(before: HttpActionDocument, after: HttpActionDocument, linked: Linked): VersionDiffChange[] {
  const isSamePath = normalised(before.path) === normalised(after.path);
  return [
    ...changeOf("/method", before.method, after.method, elsewhere),
    ...changeOf("/path", before.path, after.path, isSamePath ? undefined : elsewhere),
    ...parameterChanges(before.parameters, after.parameters, linked.sides),
    ...bodyChanges(before.requestBody, after.requestBody, linked),
    ...responseChanges(before.responses, after.responses, linked),
  ];
}

const elsewhere = "It asks something else of the outside system; whether that does the same cannot be told.";

/** A path with its placeholders all spelled in one way. */
const normalised = (path: string): string => {
  const { parts, faults } = parseTemplate(path);
  return faults.length > 0 ? path : parts.map((part) => (typeof part === "string" ? part : spelled(part))).join("");
};

type Body = HttpActionDocument["requestBody"];

function bodyChanges(before: Body, after: Body, linked: Linked): VersionDiffChange[] {
  if (!before && !after) return [];
  if (!before) return [changeAt("/requestBody", { after }, after?.required ? "A call without a body is refused." : undefined)];
  if (!after) return [changeAt("/requestBody", { before }, "A call with a body is refused.")];
  const isNewlyRequired = after.required && !before.required;
  return [
    ...changeOf(
      "/requestBody/required",
      before.required,
      after.required,
      isNewlyRequired ? "A call without a body is refused." : undefined,
    ),
    ...linkChanges("/requestBody/definitions", before.definitions, after.definitions, linked, {
      role: { narrower: "In requests" },
      gone: "A body of this type is refused.",
    }),
  ];
}

function bigQueryChanges(before: BigQueryActionDocument, after: BigQueryActionDocument, linked: Linked): VersionDiffChange[] {
  return [
    ...changeOf("/query", before.query, after.query, "Whether another query gives rows of the same meaning cannot be told."),
    ...queryParameterChanges(before.parameters, after.parameters),
    ...changeOf("/maximumBytesBilled", before.maximumBytesBilled, after.maximumBytesBilled, billingFault(before, after)),
    ...changeOf("/location", before.location, after.location, "The query runs elsewhere, where its tables may not be."),
    ...rowChanges(before.row, after.row, linked),
  ];
}

function billingFault(before: BigQueryActionDocument, after: BigQueryActionDocument): string | undefined {
  if (after.maximumBytesBilled === undefined) return undefined;
  const isLower = before.maximumBytesBilled === undefined || BigInt(after.maximumBytesBilled) < BigInt(before.maximumBytesBilled);
  return isLower ? "A query that was billed for more bytes is refused now." : undefined;
}

type QueryParameters = BigQueryActionDocument["parameters"];

function queryParameterChanges(before: QueryParameters, after: QueryParameters): VersionDiffChange[] {
  const [old, now] = [before, after].map((parameters) => new Map(parameters.map((parameter) => [parameter.name, parameter])));
  return [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])].flatMap((name) => {
    const [was, is] = [old?.get(name), now?.get(name)];
    const place = pointerTo("/parameters", name);
    const isDemanded = is?.required && is.default === undefined;
    if (!is) return [changeAt(place, { before: was }, "A call that gives it is refused now.")];
    if (!was) return [changeAt(place, { after: is }, isDemanded ? "A call without it is refused." : undefined)];
    const isNewlyDemanded = isDemanded && !(was.required && was.default === undefined);
    return [
      ...changeOf(`${place}/required`, was.required, is.required, isNewlyDemanded ? "A call without it is refused." : undefined),
      ...changeOf(`${place}/type`, was.type, is.type, "A value of the type it had may be refused now."),
      ...changeOf(`${place}/array`, was.array ?? false, is.array ?? false, "A value of the type it had is refused now."),
      ...changeOf(`${place}/default`, was.default, is.default, "A call that leaves it out asks for something else."),
      ...changeOf(`${place}/description`, was.description, is.description),
    ];
  });
}

function rowChanges(was: DefinitionLink | undefined, is: DefinitionLink | undefined, linked: Linked): VersionDiffChange[] {
  if (!was && !is) return [];
  if (!was) return is ? [changeAt("/row", { after: linked.nameOf(is, "after") })] : [];
  if (!is) return [changeAt("/row", { before: linked.nameOf(was, "before") }, "Rows are not described any more.")];
  return linkChange("/row", was, is, linked, { wider: "In responses" });
}
