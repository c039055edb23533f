import type { ActionBigQueryParameter } from "@mooring/contract";
import { valueFaults } from "../../domain/bigquery-faults.ts";
import { scalarText } from "../../domain/bigquery-values.ts";
import { parseTemplate, resolve } from "../../domain/template.ts";
import { type Fault, Problem } from "../../kernel/errors.ts";
import { isRawNumber } from "../http/action/json-text.ts";

/** A value as BigQuery takes it: beside the SQL and with its type, so that it can never become SQL (I-5). */
export interface QueryParameter {
  readonly name: string;
  readonly parameterType: { readonly type: string; readonly arrayType?: { readonly type: string } };
  readonly parameterValue: { readonly value: string | null } | { readonly arrayValues: readonly { readonly value: string }[] };
}

/**
 * The values of a call, each checked against what is declared. A parameter that is left out, or null, has its default; without one it is
 * null, and a list is empty. Throws `Problem` invalid_request with every fault at once as `parameters.name`, and template_unresolved
 * when a default lacks a value.
 */
export function queryParameters(
  declared: readonly ActionBigQueryParameter[],
  given: Readonly<Record<string, unknown>>,
  variables: ReadonlyMap<string, string>,
): QueryParameter[] {
  const known = new Set(declared.map(({ name }) => name));
  const unknown = Object.keys(given)
    .filter((name) => !known.has(name))
    .slice(0, faultsMax);
  const values = declared.map((parameter) => ({ parameter, value: ownValue(given, parameter) }));
  requireNone([
    ...unknown.map((name) => ({ field: fieldOf(name), message: "The action has no such parameter." })),
    ...values.flatMap(({ parameter, value }) => givenFaults(parameter, value)),
  ]);
  const fill = filling(variables);
  const filled = values.map(({ parameter, value }) => ({ parameter, value: value ?? fill(parameter) }));
  requireNone(filled.flatMap(({ parameter, value }) => (value === null ? [] : faultsAt(parameter, value))));
  return filled.map(({ parameter, value }) => encoded(parameter, value));
}

/** The parameters of a dry run, which has no values: what their types are is all that it needs. */
export const typesAlone = (declared: readonly ActionBigQueryParameter[]): QueryParameter[] =>
  declared.map((parameter) => encoded(parameter, null));

function ownValue(given: Readonly<Record<string, unknown>>, { name, type }: ActionBigQueryParameter): unknown {
  const value = Object.hasOwn(given, name) ? (given[name] ?? null) : null;
  if (!numbers.has(type)) return value;
  return Array.isArray(value) ? value.map(digitsOf) : digitsOf(value);
}

const numbers: ReadonlySet<string> = new Set(["INT64", "FLOAT64", "NUMERIC", "BIGNUMERIC"]);

/** Of a number that JavaScript would round, its digits as they were written. */
const digitsOf = (value: unknown) => (isRawNumber(value) ? value.rawJSON : value);

function givenFaults(parameter: ActionBigQueryParameter, value: unknown): Fault[] {
  if (value !== null) return faultsAt(parameter, value);
  const hasDefault = parameter.default !== undefined && parameter.default !== null;
  return parameter.required && !hasDefault ? [{ field: fieldOf(parameter.name), message: "Is required." }] : [];
}

const faultsAt = (parameter: ActionBigQueryParameter, value: unknown): Fault[] =>
  valueFaults(parameter, value).map(({ at, message }) => ({ field: fieldOf(parameter.name) + at, message }));

const fieldOf = (name: string) => `parameters.${name.slice(0, 200)}`;

function requireNone(fields: readonly Fault[]): void {
  if (fields.length > 0) throw new Problem("invalid_request", { fields: fields.slice(0, faultsMax) });
}

/**
 * Gives defaults. A value that a template brings is a value all the same: it is checked, and sent beside the SQL. A template may repeat a
 * variable, so that all of them together have a bound (L-2): beyond it, `Problem` template_unresolved.
 */
function filling(variables: ReadonlyMap<string, string>): (parameter: ActionBigQueryParameter) => unknown {
  let characters = 0;
  return ({ default: value = null }) => {
    if (typeof value !== "string" || !value.includes("{{")) return value;
    const template = parseTemplate(value);
    for (const part of template.parts) characters += typeof part === "string" ? part.length : (variables.get(part.name)?.length ?? 0);
    if (characters <= filledMax) return resolve(template, { env: variables });
    throw new Problem("template_unresolved", {
      message: `What the defaults of parameters come to is longer than ${filledMax} characters. Nothing was sent.`,
    });
  };
}

const filledMax = 1024 * 1024;

function encoded({ name, type, array }: ActionBigQueryParameter, value: unknown): QueryParameter {
  if (!array) return { name, parameterType: { type }, parameterValue: { value: value === null ? null : scalarText(type, value) } };
  const items = (value ?? []) as readonly unknown[];
  return {
    name,
    parameterType: { type: "ARRAY", arrayType: { type } },
    parameterValue: { arrayValues: items.map((item) => ({ value: scalarText(type, item) })) },
  };
}

const faultsMax = 200;
