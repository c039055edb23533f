/**
 * Where the schema of a definition is. It stands beside the operations table: tools that follow references ask for it, without a key and
 * for nothing but the schema itself.
 */
export const schemaAddress = {
  operationId: "GetSchema",
  path: "/o/{organisation_id}/schemas/{schema_key}/{definition_name}",
  tag: "Definitions",
  summary: "Read the schema of a definition",
  description:
    "The `url` of a definition. Needs no key: the address cannot be guessed. References to other definitions are such addresses too, and `$id` is this one, " +
    "so that a tool which follows references gets all of it. Browsers may read it from any site.",
  types: ["application/schema+json", "application/json", "application/xml", "text/xml"],
} as const;
