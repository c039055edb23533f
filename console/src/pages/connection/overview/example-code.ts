import type { Action } from "@mooring/contract";

/** Which environment of which connection, and where Mooring is. */
interface Place {
  readonly origin: string;
  readonly org: string;
  readonly connection: string;
  readonly environment: string;
}

/** A call through the gateway. */
export interface ExampleRequest {
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
}

/** A call of any path below the base URL. */
export const proxyExample = (place: Place): ExampleRequest => ({ method: "GET", url: `${addressOf(place)}/proxy/` });

/** A call of an action, with something in place of all that it requires. `version` is left out where it is what `default` means. */
export function invokeExample(place: Place, action: Action, version: string | undefined): ExampleRequest {
  const query = version === undefined ? "" : `?version=${encodeURIComponent(version)}`;
  const required = action.parameters.filter((one) => one.required === true);
  const twice = (name: string) => action.parameters.filter((one) => one.name === name).length > 1;
  const parameters = Object.fromEntries(
    required.map((one) => [
      "in" in one && twice(one.name) ? `${one.in}.${one.name}` : one.name,
      sampleOf(one.type, "schema" in one ? one.schema : undefined),
    ]),
  );
  const hasBody = action.type === "http" && action.requestBody?.required === true;
  return {
    method: "POST",
    url: `${addressOf(place)}/actions/${encodeURIComponent(action.name)}/invoke${query}`,
    body: { ...(required.length > 0 ? { parameters } : {}), ...(hasBody ? { body: {} } : {}) },
  };
}

/** The request for a shell. */
export function curlOf({ method, url, body }: ExampleRequest): string {
  const lines = [
    `curl ${method === "GET" ? "" : `-X ${method} `}-H "Authorization: Bearer $MOORING_API_KEY"`,
    ...(body === undefined ? [] : [`-H "Content-Type: application/json"`, `-d ${quoted(JSON.stringify(body))}`]),
    quoted(url),
  ];
  return lines.join(" \\\n  ");
}

/** The request in TypeScript, with nothing but `fetch`. */
export function fetchOf({ method, url, body }: ExampleRequest): string {
  const json = body === undefined ? "" : indented(JSON.stringify(body, null, 2));
  return [
    `const answer = await fetch(${JSON.stringify(url)}, {`,
    ...(method === "GET" ? [] : [`  method: "${method}",`]),
    "  headers: {",
    "    Authorization: `Bearer ${process.env.MOORING_API_KEY}`,",
    ...(body === undefined ? [] : [`    "Content-Type": "application/json",`]),
    "  },",
    ...(body === undefined ? [] : [`  body: JSON.stringify(${json}),`]),
    "});",
    "if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);",
    "console.log(await answer.json());",
  ].join("\n");
}

const addressOf = ({ origin, org, connection, environment }: Place) =>
  `${origin}/o/${org}/connections/${connection}/environments/${environment}`;

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

const indented = (json: string) => json.replaceAll("\n", "\n  ");

/** Something of the right type: the first of a list of values where there is one. */
function sampleOf(type: string, schema: unknown): unknown {
  const { enum: values, minimum, type: shape } = (schema ?? {}) as { enum?: unknown[]; minimum?: number; type?: string };
  if (values && values.length > 0) return values[0];
  const one = type === "boolean" ? true : type === "integer" || type === "number" ? (minimum ?? 1) : type === "DATE" ? "2026-01-31" : "...";
  return shape === "array" ? [one] : one;
}
