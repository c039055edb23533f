import type { ConnectionSummariesQuery } from "@mooring/contract";

/** What the list of connections shows, as it stands in its address. */
export interface ConnectionSearch {
  readonly search?: string | undefined;
  readonly protocol?: ConnectionSummariesQuery["protocol"] | undefined;
  readonly health?: ConnectionSummariesQuery["health"] | undefined;
  readonly sort?: Sort | undefined;
}

/** The orders that the list offers; the first is the API's own. */
export const sorts = [
  { value: "updatedAt:desc", label: "Changed last" },
  { value: "createdAt:desc", label: "Newest first" },
  { value: "name:asc", label: "Name, A to Z" },
  { value: "name:desc", label: "Name, Z to A" },
] as const;
export type Sort = (typeof sorts)[number]["value"];

/** What the list can be narrowed to, with the words for people. */
export const healths = [
  { value: "ok", label: "Works" },
  { value: "failing", label: "Failing" },
  { value: "attention", label: "Needs a person" },
  { value: "unused", label: "Unused" },
] as const;

/** Reads it from an address that anybody may have typed: what is unknown is left out. */
export function readSearch(given: Record<string, unknown>): ConnectionSearch {
  return {
    search:
      typeof given.search === "string" || typeof given.search === "number" ? String(given.search).slice(0, 200) || undefined : undefined,
    protocol: (["http", "bigquery"] as const).find((one) => one === given.protocol),
    health: healths.find(({ value }) => value === given.health)?.value,
    sort: sorts.find(({ value }) => value === given.sort)?.value,
  };
}

/** Whether it shows less than all there is. */
export const isNarrowed = ({ search, protocol, health }: ConnectionSearch) =>
  search !== undefined || protocol !== undefined || health !== undefined;
