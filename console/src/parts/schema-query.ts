import { queryOptions } from "@tanstack/react-query";
import { refusalOf, sendRaw } from "../api/client.ts";

/** The schema of a definition as it is served. */
export interface ReadSchema {
  readonly contentType: string;
  readonly text: string;
  /** The schema itself, where it is JSON; undefined of XML. */
  readonly schema?: unknown;
}

/** The schema at the `url` of a definition, in which each reference to another definition is that one's `url`. */
export const schemaQuery = (url: string) =>
  queryOptions({
    queryKey: ["schema", url],
    queryFn: async ({ signal }): Promise<ReadSchema> => {
      // Mooring may know itself by another host than this browser does.
      const response = await sendRaw("GET", new URL(url).pathname, { signal });
      const text = await response.text();
      if (!response.ok) throw refusalOf(response, parsed(text));
      const contentType = response.headers.get("content-type")?.split(";")[0] ?? "";
      return { contentType, text, ...(contentType.endsWith("json") ? { schema: parsed(text) } : {}) };
    },
  });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
