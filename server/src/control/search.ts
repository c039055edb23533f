import type { QueryOf, SearchItem, SearchResults } from "@mooring/contract";
import { sought } from "../domain/search.ts";
import { type Found, type SearchBounds, searchActions, searchConnections } from "../store/search.ts";
import type { Call, ControlDeps } from "./change.ts";

/** The connections and actions that fit the text best, within a key's limits. Nothing when none does. */
export async function search(
  { db, bounds }: ControlDeps & { readonly bounds?: SearchBounds },
  { actor }: Call,
  { text, first = 20 }: QueryOf<"Search">,
): Promise<SearchResults> {
  const { org, connections, environments } = actor;
  const asked = {
    sought: sought(text),
    limit: first,
    ids: connections && [...connections],
    environments: environments && [...environments],
    bounds,
  };
  const found: Found<SearchItem>[] = await db.read(org, async (tx) => [
    ...(await searchConnections(tx, org, asked)),
    ...(await searchActions(tx, org, asked)),
  ]);
  // A sort that keeps the order of equals: connections stay before actions.
  return {
    items: found
      .sort((one, other) => one.rank - other.rank)
      .slice(0, first)
      .map(({ item }) => item),
  };
}
