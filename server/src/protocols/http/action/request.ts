import { headerKey } from "../../../domain/places.ts";
import { type Placeholder, spelled, type Template } from "../../../domain/template.ts";
import { Problem } from "../../../kernel/errors.ts";
import { encoders } from "../encoders.ts";
import type { HttpProof } from "../plan.ts";
import type { ActionInput } from "./input.ts";
import type { Parameter } from "./parameters.ts";
import type { ReadyAction } from "./ready.ts";
import { createSize, textsOf, typeFault, type Written, written } from "./values.ts";

/** What an action and its input ask of the outside system. */
export interface BuiltRequest {
  readonly path: string;
  /** Without the question mark; empty when there is none. */
  readonly query: string;
  /** Those of the action's parameters: name, value, name, value. */
  readonly headers: readonly string[];
  /** Each as `name=value`. */
  readonly cookies: readonly string[];
}

/**
 * Builds the request of an action from input without faults: defaults fill in what was left out, and templates are resolved from
 * `variables` and from the parameters. Values are never looked at again (I-1). Throws `Problem` template_unresolved that says everything
 * that has no value, or does not fit its place (I-4).
 */
export function builtRequest(action: ReadyAction, { parameters }: Pick<ActionInput, "parameters">, variables: ReadonlyMap<string, string>) {
  const values = createValues(action, parameters, variables);
  const query: string[] = [];
  const headers: string[] = [];
  const cookies: string[] = [];
  const lacks: string[] = [];
  const size = createSize();
  for (const parameter of action.parameters) {
    const value = attempted(lacks, () => values.of(parameter));
    if (value === undefined || parameter.in === "path") continue;
    attempted(lacks, () => size.add(value.wire));
    if (parameter.in === "query") query.push(value.wire);
    else if (parameter.in === "header") headers.push(parameter.name, value.wire);
    else cookies.push(value.wire);
  }
  const path = attempted(lacks, () => filledPath(action.path, values));
  if (path === undefined || lacks.length > 0) {
    const all = [...new Set(lacks.map((lack) => lack.replace(/ Nothing was sent\.$/, "")))];
    throw new Problem("template_unresolved", { message: `${all.join(" ")} Nothing was sent.` });
  }
  return { path, query: query.join("&"), headers, cookies } satisfies BuiltRequest;
}

function attempted<Found>(lacks: string[], work: () => Found): Found | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    lacks.push(error.message);
    return undefined;
  }
}

interface Values {
  /** The value that was given, or else the default; undefined when there is neither. Throws `Problem` template_unresolved. */
  of(parameter: Parameter): Written | undefined;
  /** What stands for a placeholder. Throws `Problem` template_unresolved. */
  for(placeholder: Placeholder, use: "text" | "path"): string;
}

function createValues(
  { byReference }: ReadyAction,
  given: ReadonlyMap<Parameter, Written>,
  variables: ReadonlyMap<string, string>,
): Values {
  const found = new Map<Parameter, Written>();
  // Defaults that are being worked out: one that leads back to itself has no value.
  const open = new Set<Parameter>();
  // Of all defaults together: each may double the one before.
  const size = createSize();
  return { of, for: valueFor };

  function of(parameter: Parameter): Written | undefined {
    const known = given.get(parameter) ?? found.get(parameter);
    if (known !== undefined || parameter.otherwise === undefined || parameter.obstacle !== undefined) return known;
    if (open.has(parameter)) return undefined;
    open.add(parameter);
    const value = written(
      parameter,
      parameter.otherwise.map((item) => defaultText(parameter, item)),
    );
    open.delete(parameter);
    found.set(parameter, value);
    return value;
  }

  function defaultText(parameter: Parameter, item: NonNullable<Parameter["otherwise"]>[number]): string {
    const value = "plain" in item ? item.plain : typed(parameter, filled(item));
    const isOfType = typeFault({ type: parameter.type, isList: false }, value) === undefined;
    if (isOfType) return "plain" in item ? size.add(textsOf(value)[0] as string) : (textsOf(value)[0] as string);
    throw unresolved(`The default of ${parameter.address} is not of its type, which is ${parameter.type}.`);
  }

  function filled({ parts, faults }: Template): string {
    if (faults.length > 0) throw unresolved(`A template is malformed: ${faults.join(" ")}`);
    return parts.map((part) => size.add(typeof part === "string" ? part : valueFor(part, "text"))).join("");
  }

  function valueFor(placeholder: Placeholder, use: "text" | "path"): string {
    const { namespace, name } = placeholder;
    const parameter = namespace === "param" ? byReference.get(name) : undefined;
    const value = parameter && of(parameter);
    if (use === "path" && value !== undefined && parameter?.in === "path") return value.wire;
    const text = namespace === "env" ? variables.get(name) : value?.texts.join(",");
    if (text === undefined) throw unresolved(`There is no value for ${spelled(placeholder)}.`);
    return use === "path" ? encoders.path(text, placeholder) : text;
  }
}

/** The value that a text of a template stands for, where the parameter is no text; the text itself when it does not. */
function typed({ type }: Parameter, text: string): unknown {
  if (type === "string") return text;
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  return jsonNumber.test(text) ? Number(text) : text;
}

/** RFC 8259 section 6. */
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function filledPath({ parts, faults }: Template, values: Values): string {
  if (faults.length > 0) throw unresolved(`The action's path is malformed: ${faults.join(" ")}`);
  const lacks: string[] = [];
  const size = createSize();
  const filled = parts.map((part) => (typeof part === "string" ? part : attempted(lacks, () => size.add(values.for(part, "path")))));
  if (lacks.length > 0) throw unresolved(lacks.join(" "));
  const path = filled.join("");
  // What stands beside a placeholder may make with its value what neither is alone, as %2 and e do.
  if (dotSegment.test(path)) throw unresolved("A . or .. segment is in the path.");
  return path;
}

const dotSegment = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i;

const unresolved = (message: string) => new Problem("template_unresolved", { message });

/**
 * The headers of an action's request: those of the caller's that go on, then the action's own, then the body's type; none that a
 * credential sets (S-6). `forwarded` is what `sortHeaders` left of the caller's.
 */
export function actionHeaders(
  { headers }: Pick<BuiltRequest, "headers">,
  { forwarded, injected, contentType }: { forwarded: readonly string[]; injected: HttpProof["injected"]; contentType: string | undefined },
): string[] {
  const own = new Set(headers.filter((_, at) => at % 2 === 0).map(headerKey));
  const passed = passedHeaders(forwarded);
  const all = own.size === 0 ? passed : passed.filter((_, at) => !own.has(headerKey(passed[at - (at % 2)] as string)));
  for (let at = 0; at < headers.length; at += 2) {
    if (!injected.has(headerKey(headers[at] as string))) all.push(headers[at] as string, headers[at + 1] as string);
  }
  if (contentType !== undefined && !injected.has("content-type")) all.push("content-type", contentType);
  return all;
}

/** Those of a caller's headers (name, value, name, value) that go on beside what the action says. */
export function passedHeaders(forwarded: readonly string[]): string[] {
  const passed: string[] = [];
  for (let at = 0; at < forwarded.length; at += 2) {
    if (passedOn.has(headerKey(forwarded[at] as string))) passed.push(forwarded[at] as string, forwarded[at + 1] as string);
  }
  return passed;
}

/** What of the request for an action is about its answer, its caller's program or its trace, and so goes on; all else the action says. */
const passedOn = new Set([
  "accept",
  "accept-encoding",
  "accept-language",
  "baggage",
  "idempotency-key",
  "traceparent",
  "tracestate",
  "user-agent",
]);

/** Adds an action's cookies to the request's headers, in front of those of credentials and without any that these set. RFC 6265 section 5.4: one header. */
export function withCookies(headers: string[], cookies: readonly string[], { signatures }: Pick<HttpProof, "signatures">): string[] {
  if (cookies.length === 0) return headers;
  const at = headers.findIndex((name, index) => index % 2 === 0 && headerKey(name) === "cookie");
  const set = at === -1 ? "" : (headers[at + 1] as string);
  const taken = new Set([
    ...set.split("; ").map(nameOf),
    ...signatures.filter(({ in: place }) => place === "cookie").map(({ name }) => name),
  ]);
  const own = cookies.flatMap((pairs) => pairs.split("; ")).filter((pair) => !taken.has(nameOf(pair)));
  const value = [...own, ...(set === "" ? [] : [set])].join("; ");
  if (at === -1) return own.length === 0 ? headers : [...headers, "Cookie", value];
  return headers.with(at + 1, value);
}

const nameOf = (pair: string) => pair.slice(0, pair.indexOf("="));
