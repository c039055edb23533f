import { Button, Group, Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import type { Definition } from "@mooring/contract";
import { useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { type FormEvent, useDeferredValue, useState } from "react";
import { isConflict, Refusal } from "../../../api/problem.ts";
import { useChange } from "../../../api/queries.ts";
import { Conflict } from "../../../parts/conflict.tsx";
import { Fault } from "../../../parts/fault.tsx";
import { type ReadSchema, schemaQuery } from "../../../parts/schema-query.ts";
import { SchemaTree } from "../../../parts/schema-tree.tsx";
import { Unsaved } from "../../../parts/unsaved.tsx";
import { DefinitionFields, shownFields, type TypedDefinition } from "./definition-fields.tsx";
import { editableText, isJsonType, parsedText, servedSchema } from "./schema-text.ts";

interface Editing {
  readonly definition: Definition;
  readonly etag: string | undefined;
  readonly schema: ReadSchema;
  readonly version: string;
  readonly readAgain: () => Promise<unknown>;
  /** It is saved, and called so now. */
  readonly onSaved: (name: string) => void;
  readonly onCancel: () => void;
}

/** Changes a definition of a draft, with what its schema says shown beside as it is typed. */
export function DefinitionForm({ definition, etag, schema, version, readAgain, onSaved, onCancel }: Editing) {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const queries = useQueryClient();
  const now = { typed: typedOf(definition, schema), etag };
  // What it was when this person began: what comes in meanwhile must not pass for what they saw.
  const [began, setBegan] = useState(now);
  const [mine, setMine] = useState(began.typed);
  const save = useChange("UpdateDefinition");
  const isDirty = JSON.stringify(mine) !== JSON.stringify(began.typed);
  const isOvertaken = isConflict(save.error);
  const send = (ifMatch: string | undefined) => {
    const { name, accept, description, contentType, schema: content } = mine;
    // A schema that was not touched stays as it is, to the letter.
    const isSame = content === began.typed.schema && contentType === began.typed.contentType;
    save.mutate(
      {
        params: { organisation_id: org, connection_id: connection, version, definition_name: definition.name },
        body: {
          id: definition.id,
          name,
          accept: [...accept],
          ...(description === "" ? {} : { description }),
          ...(isSame ? {} : { schema: { contentType, content } }),
        },
        ifMatch,
      },
      {
        onSuccess: ({ body }) => onSaved(body.name),
        onError: (error) => {
          if (!isConflict(error)) return;
          void readAgain();
          void queries.invalidateQueries(schemaQuery(definition.url));
        },
      },
    );
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send(began.etag);
  };
  return (
    <form onSubmit={submit}>
      <Unsaved isDirty={isDirty && !save.isSuccess} />
      <Stack>
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg" style={{ alignItems: "start" }}>
          <DefinitionFields value={mine} onChange={setMine} faultOf={(field) => faultOf(save.error, field)} schemaLabel="Schema" />
          <Preview typed={mine} url={definition.url} version={version} />
        </SimpleGrid>
        {isOvertaken ? (
          <Conflict
            before={forReading(began.typed)}
            mine={forReading(mine)}
            theirs={forReading(now.typed)}
            onTakeTheirs={() => {
              setBegan(now);
              setMine(now.typed);
              save.reset();
            }}
            onKeepMine={() => send(now.etag)}
          />
        ) : (
          <Fault error={save.error} shown={hasFields(save.error) ? shownFields : []} />
        )}
        <Group>
          <Button type="submit" loading={save.isPending} disabled={!isDirty || isOvertaken}>
            Save
          </Button>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          {isDirty && (
            <Text size="sm" c="dimmed">
              Not saved yet
            </Text>
          )}
        </Group>
      </Stack>
    </form>
  );
}

function Preview({ typed, url, version }: { typed: TypedDefinition; url: string; version: string }) {
  const text = useDeferredValue(typed.schema);
  if (!isJsonType(typed.contentType)) return null;
  const schema = parsedText(text);
  return (
    <Paper component="section" aria-labelledby="preview" miw={0}>
      <Title order={3} id="preview" mb="xs">
        What it looks like
      </Title>
      {schema === undefined ? (
        <Text size="sm" c="dimmed">
          It is shown here once it is JSON again.
        </Text>
      ) : (
        <SchemaTree schema={servedSchema(schema, url)} url={url} version={version} label="Schema as it is typed" />
      )}
    </Paper>
  );
}

const typedOf = ({ name, accept, description = "", url }: Definition, read: ReadSchema): TypedDefinition => ({
  name,
  accept,
  description,
  contentType: read.contentType,
  schema: editableText(read, url),
});

// The schema itself, so that a conflict tells where in it the two differ.
const forReading = ({ schema, ...typed }: TypedDefinition) => ({ ...typed, schema: parsedText(schema) ?? schema });

/** All that is wrong with one field: a schema may have many faults. */
export function faultOf(error: unknown, field: string): string | undefined {
  if (!(error instanceof Refusal)) return undefined;
  const found = error.fields.filter((one) => one.field === field).map(({ message }) => message);
  return found.length === 0 ? undefined : found.join("\n");
}

const hasFields = (error: unknown) => error instanceof Refusal && error.fields.length > 0;
