import type { Connection, ConnectionUpdate, EnvironmentVariable } from "@mooring/contract";
import { schemeWords } from "../../credentials/words.ts";

type Schemes = NonNullable<ConnectionUpdate["authSchemeConfigs"]>;

/** What the page of settings changes: a connection without its environments. */
export interface SettingsOf {
  readonly name: string;
  /** The base URL, or the dataset. */
  readonly address: string;
  readonly variables: readonly EnvironmentVariable[];
  readonly schemes: Schemes;
}

/** Of a connection. */
export const settingsOf = (connection: Connection): SettingsOf => ({
  name: connection.name,
  address: connection.protocol === "http" ? connection.baseUrl : connection.datasetId,
  variables: connection.environmentVariables,
  schemes: connection.authSchemeConfigs as Schemes,
});

/** Whether two say the same. */
export const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/**
 * What to send: the connection as it is `now`, with only those settings that this person changed from what they began with. Its
 * environments are left out, and so stay as they are.
 */
export function updateOf(now: Connection, began: SettingsOf, mine: SettingsOf): ConnectionUpdate {
  const theirs = settingsOf(now);
  const merged = Object.fromEntries(
    (Object.keys(theirs) as (keyof SettingsOf)[]).map((key) => [key, isSame(began[key], mine[key]) ? theirs[key] : mine[key]]),
  ) as unknown as SettingsOf;
  const base = {
    id: now.id,
    organisationId: now.organisationId,
    name: merged.name,
    environmentVariables: merged.variables.map(({ name, value }) => ({ name, value })),
    authSchemeConfigs: merged.schemes,
  };
  return now.protocol === "http"
    ? { ...base, protocol: "http", baseUrl: merged.address.trim() }
    : { ...base, protocol: "bigquery", datasetId: merged.address.trim() };
}

/** The settings for people, where two changes meet: what a connection has, or what an update makes of it. */
export function readable(connection: Connection, update?: ConnectionUpdate) {
  const { name, address, variables, schemes } = settingsOf({ ...connection, ...update } as Connection);
  return {
    name,
    address,
    variables: Object.fromEntries(variables.map((one) => [one.name, one.value])),
    "ways to prove identity": schemes.map((one) => schemeWords(one)),
  };
}
