import type { DefinitionId, OrganisationId } from "../../src/kernel/ids.ts";
import type { GivenSchema } from "../../src/sandbox/check.ts";

export const org = "01KA0RG0000000000000000001" as OrganisationId;
export const otherOrg = "01KA0RG0000000000000000002" as OrganisationId;
export const urlPrefix = "https://mooring.example/schemas/0123456789abcdef/";
export const idOf = (name: string) => `id-of-${name}` as DefinitionId;

/** A schema as somebody gives it; a text is taken as it is. */
export function given(name: string, content: unknown, contentType = "application/schema+json"): GivenSchema {
  return { id: idOf(name), name, contentType, content: typeof content === "string" ? content : JSON.stringify(content) };
}
