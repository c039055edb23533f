import { Anchor, Button, CloseButton, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ArrowLeft, Lock, Plus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useChange } from "../../../api/queries.ts";
import { useMay } from "../../../api/session.ts";
import { useTitle } from "../../../frame/page.tsx";
import { Empty } from "../../../parts/empty.tsx";
import { Fault } from "../../../parts/fault.tsx";
import { Unsaved } from "../../../parts/unsaved.tsx";
import { useConnection } from "../connection.ts";
import { useChosenVersion } from "../versions.ts";
import { DefinitionFields, shownFields, type TypedDefinition } from "./definition-fields.tsx";
import { faultOf } from "./definition-form.tsx";
import { counted } from "./subscribers.tsx";

/** Adds one or several definitions to a draft; they may refer to each other, and come together or not at all. */
export function NewDefinitions() {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const { version: asked } = useSearch({ from: "/signed-in/o/$org/connections/$connection/definitions/new" });
  useTitle(`New definition · ${useConnection().name}`);
  const version = useChosenVersion(asked);
  const mayWrite = useMay()("connections:write");
  const back = (
    <Anchor
      size="sm"
      renderRoot={(props) => (
        <Link
          {...props}
          to="/o/$org/connections/$connection/definitions"
          params={{ org, connection }}
          search={{ version: version?.name }}
        />
      )}
    >
      <Group gap={4} component="span">
        <ArrowLeft size={14} aria-hidden /> Definitions
      </Group>
    </Anchor>
  );
  if (!mayWrite || version?.publishedAt !== null)
    return (
      <Empty icon={Lock} title="Nothing can be added here" action={back}>
        {mayWrite ? "Definitions are added to a draft; this version is published, or gone." : "Your role lets you look, not change."}
      </Empty>
    );
  return (
    <Stack gap="lg">
      {back}
      <Stack gap={4} maw="68ch">
        <Title order={2}>New definition in version {version.name}</Title>
        <Text size="sm" c="dimmed">
          Several at a time may refer to each other by name. All of them are added, or none.
        </Text>
      </Stack>
      <Form version={version.name} />
    </Stack>
  );
}

interface Draft extends TypedDefinition {
  readonly key: number;
}

const blank = (key: number): Draft => ({
  key,
  name: "",
  accept: ["application/json"],
  description: "",
  contentType: "application/schema+json",
  schema: '{\n  "type": "object",\n  "properties": {}\n}',
});

function Form({ version }: { version: string }) {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const navigate = useNavigate();
  const [drafts, setDrafts] = useState<readonly Draft[]>([blank(0)]);
  const [isDirty, setDirty] = useState(false);
  const create = useChange("CreateDefinitions");
  const change = (key: number, typed: TypedDefinition) => {
    setDirty(true);
    setDrafts((before) => before.map((one) => (one.key === key ? { ...typed, key } : one)));
  };
  const open = (name: string) => {
    const at = { org, connection, version };
    if (drafts.length === 1)
      void navigate({
        to: "/o/$org/connections/$connection/definitions/$version/$definition",
        params: { ...at, definition: name },
        ignoreBlocker: true,
      });
    else void navigate({ to: "/o/$org/connections/$connection/definitions", params: at, search: { version }, ignoreBlocker: true });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const definitions = drafts.map(({ name, accept, description, contentType, schema }) => ({
      name,
      accept: [...accept],
      ...(description === "" ? {} : { description }),
      schema: { contentType, content: schema },
    }));
    create.mutate(
      { params: { organisation_id: org, connection_id: connection, version }, body: { definitions } },
      { onSuccess: ({ body }) => open(body.definitions[0]?.name ?? "") },
    );
  };
  const shown = drafts.flatMap((_, index) => shownFields.map((field) => `definitions[${index}].${field}`));
  return (
    <form onSubmit={submit}>
      <Unsaved isDirty={isDirty && !create.isSuccess} />
      <Stack gap="lg">
        {drafts.map(({ key, ...typed }, index) => (
          <Paper key={key} component="section" aria-label={typed.name || `Definition ${index + 1}`} pos="relative">
            {drafts.length > 1 && (
              <CloseButton
                pos="absolute"
                top={8}
                right={8}
                aria-label={`Leave out ${typed.name || `definition ${index + 1}`}`}
                onClick={() => setDrafts(drafts.filter((one) => one.key !== key))}
              />
            )}
            <DefinitionFields
              value={typed}
              onChange={(value) => change(key, value)}
              faultOf={(field) => faultOf(create.error, `definitions[${index}].${field}`)}
              schemaLabel={typed.name === "" ? "Schema" : `Schema of ${typed.name}`}
            />
          </Paper>
        ))}
        <Fault error={create.error} shown={shown} />
        <Group justify="space-between">
          <Button type="submit" loading={create.isPending}>
            {drafts.length === 1 ? "Add it" : `Add ${counted(drafts.length, "definition")}`}
          </Button>
          <Button
            variant="default"
            leftSection={<Plus size={16} />}
            disabled={drafts.length >= draftsMax}
            onClick={() => setDrafts([...drafts, blank(Math.max(...drafts.map(({ key }) => key)) + 1)])}
          >
            Another one
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

// More would be typed by nobody; a file is imported.
const draftsMax = 20;
