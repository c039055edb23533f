import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { AuthSchemeConfigInput, Connection } from "@mooring/contract";
import { canaryKey } from "../harness/canary.ts";
import { importForm } from "../harness/forms.ts";
import type { World } from "../harness/world.ts";

const examples = dirname(createRequire(import.meta.url).resolve("@readme/oas-examples/package.json"));

/** A description of an API, of which a test changes parts. */
// biome-ignore lint/suspicious/noExplicitAny: it is whatever the file holds
export type ApiFile = Record<string, any>;

/** One of the example files, in which the server is `url`. */
export function exampleAt(path: string, url: string): ApiFile {
  return { ...(JSON.parse(readFileSync(join(examples, path), "utf8")) as ApiFile), servers: [{ url }] };
}

/** Imports a file as a new connection. */
export async function importNew(world: World, file: unknown) {
  return (await world.must(await world.as("key"), "ImportHTTPConnection", importForm(file))).body;
}

/** Puts one environment with a key in this scheme in the place of those that the connection has, and gives the key. */
export async function useEnvironment(world: World, connection: Connection, name: string, scheme: AuthSchemeConfigInput) {
  const value = canaryKey(name);
  const credential = { name: `key for ${name}`, type: "string", data: { value } } as const;
  const environment = { name, credentials: { action: [{ authSchemeConfig: scheme, credential }] }, variables: [] };
  const params = { connection_id: connection.id };
  await world.must(await world.as("key"), "UpdateConnection", { params, body: { ...connection, environments: [environment] } });
  return value;
}

export interface Calling {
  readonly connection: string;
  readonly environment: string;
  /** With its question mark. */
  readonly query?: string;
}

/** What one call of an action, or its explanation, came to. */
export interface Called {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the outside system answers what it likes
  readonly body: any;
}

/** Invokes an action, or has the call explained, with a key that may do that alone. */
export async function call(
  world: World,
  kind: "invoke" | "explain",
  { connection, environment, query = "" }: Calling,
  action: string,
  input: unknown,
): Promise<Called> {
  const caller = await world.as("gatewayKey");
  const path = `/o/${caller.org}/connections/${connection}/environments/${environment}/actions/${action}/${kind}${query}`;
  const headers = { ...caller.headers, "content-type": "application/json" };
  const { status, headers: told, text } = await world.raw(path, { method: "POST", headers, body: JSON.stringify(input) });
  return { status, headers: told, body: text === "" ? undefined : JSON.parse(text) };
}

/** The places of a refusal's faults, in the order of the alphabet. */
export const placesOf = ({ body }: Called): string[] => (body.fields ?? []).map(({ field }: { field: string }) => field).sort();
