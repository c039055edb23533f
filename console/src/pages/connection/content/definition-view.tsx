import { Paper, SimpleGrid, Text, Title } from "@mantine/core";
import type { Definition } from "@mooring/contract";
import { useMemo } from "react";
import { CodeBlock } from "../../../parts/copy.tsx";
import { JsonEditor } from "../../../parts/json-editor.tsx";
import type { ReadSchema } from "../../../parts/schema-query.ts";
import { SchemaTree } from "../../../parts/schema-tree.tsx";
import { editableText } from "./schema-text.ts";

interface Viewed {
  readonly definition: Definition;
  readonly schema: ReadSchema;
  readonly version: string;
}

/** The schema of a definition: as a tree to read, and beside it as it is written. XML is text. */
export function DefinitionView({ definition: { name, url, description }, schema: read, version }: Viewed) {
  const text = useMemo(() => editableText(read, url), [read, url]);
  const about = description !== undefined && (
    <Text size="sm" maw="80ch" style={{ whiteSpace: "pre-line", overflowWrap: "anywhere" }}>
      {description}
    </Text>
  );
  if (read.schema === undefined)
    return (
      <>
        {about}
        <CodeBlock code={read.text} title="XML Schema" heightMax={640} />
      </>
    );
  return (
    <>
      {about}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg" style={{ alignItems: "start" }}>
        <Paper component="section" aria-labelledby="structure" miw={0}>
          <Title order={3} id="structure" mb="xs">
            What it looks like
          </Title>
          <SchemaTree schema={read.schema} url={url} version={version} label={`Schema of ${name}`} />
        </Paper>
        <JsonEditor label="JSON Schema" value={text} isReadOnly heightMin={200} />
      </SimpleGrid>
    </>
  );
}
