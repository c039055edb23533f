import { Alert, Anchor, Badge, Button, Code, Group, List, Stack, Text, Title } from "@mantine/core";
import type { ConnectionVersion, Definition } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ArrowLeft, Layers, PencilLine, Trash2, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { taggedQueryOf } from "../../../api/queries.ts";
import { useMay } from "../../../api/session.ts";
import { useTitle } from "../../../frame/page.tsx";
import { Answered } from "../../../parts/answer.tsx";
import { Copyable } from "../../../parts/copy.tsx";
import { Empty } from "../../../parts/empty.tsx";
import { schemaQuery } from "../../../parts/schema-query.ts";
import { useConnection } from "../connection.ts";
import { VersionState } from "../version-state.tsx";
import { useChosenVersion } from "../versions.ts";
import { DefinitionForm } from "./definition-form.tsx";
import { DefinitionView } from "./definition-view.tsx";
import { DeleteDefinition } from "./delete-definition.tsx";
import { FrozenNote } from "./frozen-note.tsx";
import { Referrers } from "./referrers.tsx";

/** One definition: its schema to read, what refers to it, and what is wrong with it. */
export function OneDefinition() {
  const { version, definition } = useParams({ from: "/signed-in/o/$org/connections/$connection/definitions/$version/$definition" });
  return <DefinitionPage versionName={version} name={definition} isEdited={false} />;
}

/** The same to change it, in a draft. */
export function EditDefinition() {
  const { version, definition } = useParams({ from: "/signed-in/o/$org/connections/$connection/definitions/$version/$definition/edit" });
  return <DefinitionPage versionName={version} name={definition} isEdited />;
}

function DefinitionPage({ versionName, name, isEdited }: { versionName: string; name: string; isEdited: boolean }) {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const { name: called } = useConnection();
  useTitle(`${isEdited ? "Edit " : ""}${name} · ${called}`);
  const version = useChosenVersion(versionName);
  const params = { organisation_id: org, connection_id: connection, version: versionName, definition_name: name };
  const query = useQuery({ ...taggedQueryOf("GetDefinition", { params }), enabled: version !== undefined });
  const back = (
    <Anchor
      size="sm"
      renderRoot={(props) => (
        <Link {...props} to="/o/$org/connections/$connection/definitions" params={{ org, connection }} search={{ version: versionName }} />
      )}
    >
      <Group gap={4} component="span">
        <ArrowLeft size={14} aria-hidden /> Definitions of version {versionName}
      </Group>
    </Anchor>
  );
  if (!version)
    return (
      <Empty icon={Layers} title={`There is no version ${versionName}`} action={back}>
        It may have been deleted, or is called otherwise now.
      </Empty>
    );
  return (
    <Stack gap="lg">
      {back}
      <Answered query={query}>
        {({ body, etag }) => (
          <Sheet key={body.id} definition={body} etag={etag} version={version} isEdited={isEdited} readAgain={query.refetch} />
        )}
      </Answered>
    </Stack>
  );
}

interface Read {
  readonly definition: Definition;
  readonly etag: string | undefined;
  readonly version: ConnectionVersion;
  readonly isEdited: boolean;
  readonly readAgain: () => Promise<unknown>;
}

function Sheet({ definition, etag, version, isEdited, readAgain }: Read) {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const navigate = useNavigate();
  const mayWrite = useMay()("connections:write");
  const [isDeleting, setDeleting] = useState(false);
  const schema = useQuery(schemaQuery(definition.url));
  const mayEdit = mayWrite && version.publishedAt === null;
  const isEditing = mayEdit && isEdited;
  const at = { org, connection, version: version.name };
  const show = (name: string, ignoreBlocker: boolean) =>
    void navigate({
      to: "/o/$org/connections/$connection/definitions/$version/$definition",
      params: { ...at, definition: name },
      replace: true,
      ignoreBlocker,
    });
  return (
    <>
      <Group justify="space-between" align="flex-start">
        <Stack gap={6} miw={0}>
          <Group gap="sm">
            <Title order={2} style={{ overflowWrap: "anywhere" }}>
              {definition.name}
            </Title>
            <Badge color="gray">version {version.name}</Badge>
            <VersionState version={version} />
          </Group>
          <Text size="sm" c="dimmed">
            {definition.accept.length === 0 ? "Describes no media type by itself" : `Describes ${definition.accept.join(", ")}`}
          </Text>
        </Stack>
        {mayEdit && !isEditing && (
          <Group gap="xs">
            <Button
              leftSection={<PencilLine size={16} />}
              renderRoot={(props) => (
                <Link
                  {...props}
                  to="/o/$org/connections/$connection/definitions/$version/$definition/edit"
                  params={{ ...at, definition: definition.name }}
                />
              )}
            >
              Edit
            </Button>
            <Button variant="default" leftSection={<Trash2 size={16} />} onClick={() => setDeleting(true)}>
              Delete
            </Button>
          </Group>
        )}
      </Group>
      {mayWrite && !mayEdit && <FrozenNote version={version.name} />}
      {definition.errors && definition.errors.length > 0 && <Faults errors={definition.errors} />}
      <Answered query={schema}>
        {(read) =>
          isEditing ? (
            <DefinitionForm
              definition={definition}
              etag={etag}
              schema={read}
              version={version.name}
              readAgain={readAgain}
              onSaved={(name) => show(name, true)}
              onCancel={() => show(definition.name, false)}
            />
          ) : (
            <DefinitionView definition={definition} schema={read} version={version.name} />
          )
        }
      </Answered>
      {!isEditing && (
        <>
          <section>
            <Title order={3} mb={6}>
              Referred to by
            </Title>
            <Referrers referrers={definition.referencedBy ?? []} version={version.name} />
          </section>
          <section>
            <Title order={3} mb={6}>
              Address of the schema
            </Title>
            <Copyable value={definition.url} label="Copy the address of the schema" />
            <Text size="sm" c="dimmed" mt={4} maw="68ch">
              Any JSON Schema tool can read it there without a key: the address cannot be guessed. It changes with the name.
            </Text>
          </section>
        </>
      )}
      <DeleteDefinition
        definition={definition}
        version={version.name}
        etag={etag}
        isOpen={isDeleting}
        onClose={() => setDeleting(false)}
        onDeleted={() =>
          void navigate({
            to: "/o/$org/connections/$connection/definitions",
            params: { org, connection },
            search: { version: version.name },
          })
        }
      />
    </>
  );
}

function Faults({ errors }: { errors: NonNullable<Definition["errors"]> }) {
  return (
    <Alert color="red" icon={<TriangleAlert size={18} />} title="It cannot be used as it is">
      <List size="sm">
        {errors.map(({ field, message }) => (
          <List.Item key={`${field} ${message}`} style={{ overflowWrap: "anywhere" }}>
            {field !== "" && <Code>{field}</Code>} {message}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
