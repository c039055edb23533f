import { SearchQuery, SearchResults } from "../schemas/search.ts";
import type { Operation } from "./operation.ts";

export const searchOperations = {
  Search: {
    method: "GET",
    path: "/o/{organisation_id}/search",
    tag: "Connections",
    access: "connections:read",
    summary: "Search connections and actions",
    description:
      "Connections by name and address, actions by name, summary and path, in any case; every word of `text` must be there. A name that is the text comes first, " +
      "then names that begin with it, then words that do, then the rest; of equals, connections before actions. One request looks through a bounded number of rows: " +
      "the connections that changed last, and the newest versions. Shows only what the caller may see.",
    query: SearchQuery,
    success: { status: 200, body: SearchResults },
  },
} as const satisfies Record<string, Operation>;
