import { Select, Stack, TagsInput, Textarea, TextInput } from "@mantine/core";
import { JsonEditor } from "../../../parts/json-editor.tsx";
import { isJsonType } from "./schema-text.ts";

/** What a person types of a definition. */
export interface TypedDefinition {
  readonly name: string;
  readonly accept: readonly string[];
  readonly description: string;
  readonly contentType: string;
  readonly schema: string;
}

interface Fields {
  readonly value: TypedDefinition;
  readonly onChange: (value: TypedDefinition) => void;
  /** What is wrong with a field, by its name in the body: `name`, `schema.content`. */
  readonly faultOf: (field: string) => string | undefined;
  /** What the schema's editor is called. */
  readonly schemaLabel: string;
}

/** The fields of a definition. */
export function DefinitionFields({ value, onChange, faultOf, schemaLabel }: Fields) {
  const isJson = isJsonType(value.contentType);
  return (
    <Stack gap="md">
      <TextInput
        label="Name"
        description="Letters, digits, _ and -"
        value={value.name}
        onChange={(event) => onChange({ ...value, name: event.currentTarget.value })}
        error={faultOf("name")}
        required
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
      />
      <TagsInput
        label="Describes"
        description="Media types, such as application/json"
        value={[...value.accept]}
        onChange={(accept) => onChange({ ...value, accept })}
        error={faultOf("accept")}
        maxTags={50}
        data={["application/json", "application/xml", "text/plain"]}
      />
      <Textarea
        label="Description"
        value={value.description}
        onChange={(event) => onChange({ ...value, description: event.currentTarget.value })}
        error={faultOf("description")}
        autosize
        minRows={1}
        maxRows={8}
      />
      <Select
        label="Kind of schema"
        data={kinds}
        value={isJson ? "json" : "xml"}
        onChange={(kind) => onChange({ ...value, contentType: kind === "xml" ? "application/xml" : "application/schema+json" })}
        allowDeselect={false}
        error={faultOf("schema.contentType")}
        maw={320}
      />
      {isJson ? (
        <JsonEditor
          label={schemaLabel}
          description="Refer to another definition of this version as #/$defs/Name"
          value={value.schema}
          error={faultOf("schema.content")}
          heightMin={260}
          onChange={(schema) => onChange({ ...value, schema })}
        />
      ) : (
        <Textarea
          label={schemaLabel}
          value={value.schema}
          onChange={(event) => onChange({ ...value, schema: event.currentTarget.value })}
          error={faultOf("schema.content")}
          autosize
          minRows={12}
          maxRows={30}
          spellCheck={false}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13 } }}
        />
      )}
    </Stack>
  );
}

const kinds = [
  { value: "json", label: "JSON Schema" },
  { value: "xml", label: "XML Schema" },
];

/** Fields that have a place of their own in the form. */
export const shownFields = ["name", "accept", "description", "schema.contentType", "schema.content"] as const;
