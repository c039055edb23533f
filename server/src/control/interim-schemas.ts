import type { InlineSchema } from "@mooring/contract";
import { mapReferences, storedReference } from "../domain/definition.ts";
import type { DefinitionId, OrganisationId } from "../kernel/ids.ts";

export interface SchemaResult {
  readonly contentType: string;
  readonly content: string;
  readonly references: readonly DefinitionId[];
  readonly faults: readonly { field: "content" | "contentType"; message: string }[];
}
export interface SchemaChecks {
  checkSchemas(
    org: OrganisationId,
    request: { schemas: readonly InlineSchema[]; names: ReadonlyMap<string, DefinitionId>; urlPrefix: string },
  ): Promise<SchemaResult[]>;
}

export const interim: SchemaChecks = {
  checkSchemas: async (_org, { schemas, names, urlPrefix }) =>
    schemas.map(({ contentType, content }) => {
      const faults: { field: "content" | "contentType"; message: string }[] = [];
      const references = new Set<DefinitionId>();
      if (!/^(application\/(schema\+)?json|(text|application)\/xml)$/.test(contentType))
        faults.push({ field: "contentType", message: "This is no type of schema." });
      if (!contentType.endsWith("json")) return { contentType, content, references: [], faults };
      let text = content;
      try {
        const schema = JSON.parse(content);
        const to = (name: string, fragment: string, message: string) => {
          const id = names.get(name);
          if (!id) faults.push({ field: "content", message });
          else references.add(id);
          return storedReference(id as DefinitionId, fragment);
        };
        const mapped = mapReferences(schema, (reference, pointer) => {
          const [, name, rest] = /^#\/\$defs\/([\w-]+)(\/.*)?$/.exec(reference) ?? [];
          if (name !== undefined && !schema.$defs?.[name]) return to(name, rest ? `#${rest}` : "", `${pointer}: no definition ${name}.`);
          if (reference.startsWith("#")) return reference;
          const [url, fragment] = reference.split("#");
          if (url?.startsWith(urlPrefix))
            return to(url.slice(urlPrefix.length), fragment ? `#${fragment}` : "", `${pointer}: no definition.`);
          faults.push({ field: "content", message: `${pointer}: this reference is not allowed.` });
          return reference;
        });
        text = JSON.stringify(mapped);
      } catch {
        faults.push({ field: "content", message: "This is no JSON." });
      }
      return { contentType, content: text, references: [...references], faults };
    }),
};
