import type { ActionBigQueryParameter, ContentError } from "@mooring/contract";
import type { BigQueryActionDocument } from "./action.ts";
import { type BigQueryType, scalarFault } from "./bigquery-values.ts";
import { contentError as error, contentWarning as warning } from "./content-error.ts";
import { parametersIn } from "./sql-parameters.ts";
import { parseTemplate, spelled } from "./template.ts";

/** What is wrong with a query and its parameters, each with the JSON Pointer to it. Whether BigQuery takes the SQL, a dry run tells. */
export function bigQueryFaults({ query, parameters }: Pick<BigQueryActionDocument, "query" | "parameters">): ContentError[] {
  const used = parametersIn(query);
  const keys = new Set(used.names.map(keyOf));
  const declared = parameters.map(({ name }) => keyOf(name));
  const missing = used.names.filter((name) => !declared.includes(keyOf(name)));
  return [
    ...(query.includes("{{") ? [error("/query", noTemplate)] : []),
    ...(used.hasPositional ? [error("/query", "Has a `?`; parameters are named, as in `@name`.")] : []),
    ...missing.map((name) => error("/query", `Uses @${name}, which is not among the parameters.`)),
    ...parameters.flatMap((parameter, at) => {
      const pointer = `/parameters/${at}`;
      const key = keyOf(parameter.name);
      const isTwin = declared.indexOf(key) < at;
      const fault = defaultFault(parameter);
      return [
        ...(isTwin ? [error(`${pointer}/name`, `There are two parameters @${parameter.name}, whatever their case; remove one.`)] : []),
        ...(isTwin || keys.has(key) ? [] : [warning(`${pointer}/name`, `The query does not use @${parameter.name}.`)]),
        ...(fault === undefined ? [] : [error(`${pointer}/default`, fault)]),
      ];
    }),
  ];
}

/** What is wrong with a parameter's value, item by item: where in it (empty, or as in `[2]`), and what. A value is neither null nor left out. */
export function valueFaults({ type, array }: Pick<ActionBigQueryParameter, "type" | "array">, value: unknown): ValueFault[] {
  if (!array) return listOf("", scalarFault(type, value));
  if (!Array.isArray(value)) return listOf("", "Must be a list.");
  return value.flatMap((item: unknown, at) => listOf(`[${at}]`, itemFault(type, item)));
}

export interface ValueFault {
  readonly at: string;
  readonly message: string;
}

const itemFault = (type: BigQueryType, item: unknown) =>
  item === null ? "Must not be null: a list in BigQuery has no nulls." : scalarFault(type, item);

const listOf = (at: string, message: string | undefined) => (message === undefined ? [] : [{ at, message }]);

const noTemplate = "Has `{{`. A query is no template: write `@name` where a value goes, and declare the parameter.";

function defaultFault(parameter: ActionBigQueryParameter): string | undefined {
  const { default: value } = parameter;
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string" && value.includes("{{")) {
    if (value.length > templateMax) return `Is a template of more than ${templateMax} characters.`;
    const { parts, faults } = parseTemplate(value);
    const other = parts.find((part) => typeof part !== "string" && part.namespace !== "env");
    if (other !== undefined && typeof other !== "string") return `Has ${spelled(other)}; only \`{{ env.name }}\` has a value here.`;
    return faults[0];
  }
  const [first] = valueFaults(parameter, value);
  return first && `${first.at === "" ? "" : `Item ${first.at}: `}${first.message}`;
}

const templateMax = 64 * 1024;

/** BigQuery takes `@Name` and `@name` for the same. */
const keyOf = (name: string) => name.toLowerCase();
