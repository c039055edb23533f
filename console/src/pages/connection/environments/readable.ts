import type { Environment, EnvironmentCredentialUpdateOrCreate, EnvironmentUpdate } from "@mooring/contract";
import { schemeWords } from "../../credentials/words.ts";

type Entry = Environment["credentials"]["action"][number] | EnvironmentCredentialUpdateOrCreate;

/** An environment, with `change` made to it, as it is shown where two changes meet. No secret is in it. */
export function readableEnvironment(environment: Environment, change: Partial<EnvironmentUpdate> = {}): unknown {
  const { name, retries = 0, variables = [], credentials = {} } = { ...environment, ...change };
  const named = new Map(entriesOf(environment).map(({ id, credential }) => [id, credential.name]));
  const list = (purpose: "action" | "trigger") =>
    (credentials[purpose] ?? environment.credentials[purpose]).map(
      (entry) => `${nameOf(entry, named)}: ${schemeWords(entry.authSchemeConfig)}`,
    );
  return {
    name,
    retries,
    variables: Object.fromEntries(variables.map((variable) => [variable.name, variable.value])),
    "credentials of actions": list("action"),
    "credentials of triggers": list("trigger"),
  };
}

function nameOf(entry: Entry, named: ReadonlyMap<string, string>): string {
  if ("id" in entry) return named.get(entry.id) ?? "a credential";
  return "name" in entry.credential ? entry.credential.name : "a credential";
}

// All uses of credentials, those of actions first.
const entriesOf = ({ credentials }: Environment) => [...credentials.action, ...credentials.trigger];
