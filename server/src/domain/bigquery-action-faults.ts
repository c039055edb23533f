import type { ContentError } from "@mooring/contract";
import type { BigQueryActionDocument } from "./action.ts";
import { contentError } from "./content-error.ts";

/** What is wrong with a query and its parameters, apart from links to definitions. */
export function bigQueryActionFaults({ parameters }: BigQueryActionDocument): ContentError[] {
  const seen = new Set<string>();
  return parameters.flatMap(({ name }, at) => {
    // BigQuery does not tell names of parameters apart by case.
    const key = name.toLowerCase();
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [contentError(`/parameters/${at}/name`, `There are two parameters @${name}; remove one.`)];
  });
}
