import { Badge, Button, Group, Paper, Select, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import type { Trigger } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../../api/client.ts";
import { taggedQueryOf } from "../../../api/queries.ts";
import { useMay } from "../../../api/session.ts";
import { useTitle } from "../../../frame/page.tsx";
import { Answered } from "../../../parts/answer.tsx";
import { Back } from "../../../parts/back.tsx";
import { DefinitionSchema } from "../../../parts/definition-schema.tsx";
import { Deleting } from "../../../parts/deleting.tsx";
import { useConnection } from "../connection.ts";
import { useVersions } from "../versions.ts";
import { EditTrigger } from "./edit-trigger.tsx";
import { EventList } from "./event-list.tsx";
import { TriggerAddresses } from "./trigger-addresses.tsx";
import { VerifyDelivery } from "./verify-delivery.tsx";

const from = "/signed-in/o/$org/connections/$connection/triggers/$version/$trigger";

/** One way in: where it is called, what came, why a delivery passes or fails, and what it expects. */
export function OneTrigger() {
  const { org, connection, version, trigger: name } = useParams({ from });
  const { name: label } = useConnection();
  useTitle(`${name} · Triggers · ${label}`);
  const params = { organisation_id: org, connection_id: connection, version, trigger_name: name };
  const query = useQuery({ ...taggedQueryOf("GetTrigger", { params }), select: (answer) => answer });
  return <Answered query={query}>{(answer) => <Shown trigger={answer.body} etag={answer.etag} />}</Answered>;
}

function Shown({ trigger, etag }: { trigger: Trigger; etag: string | undefined }) {
  const may = useMay();
  const { org, connection, version } = useParams({ from });
  const { environment: asked } = useSearch({ from });
  const navigate = useNavigate({ from: "/o/$org/connections/$connection/triggers/$version/$trigger" });
  const { environments } = useConnection();
  const environment = environments.find(({ id, name }) => id === asked || name === asked) ?? environments[0];
  const [isEditing, setEditing] = useState(false);
  const isDraft = useVersions().all.find(({ name }) => name === version)?.publishedAt === null;
  if (isEditing) return <EditTrigger trigger={trigger} etag={etag} onDone={() => setEditing(false)} />;
  return (
    <Stack gap="lg">
      <Back
        link={{ to: "/o/$org/connections/$connection/triggers", params: { org, connection }, search: { version } }}
        label={`Triggers of version ${version}`}
      />
      <Group justify="space-between">
        <Group>
          <Title order={2}>{trigger.name}</Title>
          <Badge color="gray">{trigger.method}</Badge>
        </Group>
        {may("connections:write") && isDraft && (
          <Group>
            <Button variant="default" onClick={() => setEditing(true)}>
              Edit
            </Button>
            <Delete name={trigger.name} />
          </Group>
        )}
      </Group>
      {trigger.summary && <Text size="sm">{trigger.summary}</Text>}
      <Faults trigger={trigger} />
      <Select
        label="Environment"
        data={environments.map(({ id, name }) => ({ value: id, label: name }))}
        value={environment?.id ?? null}
        onChange={(id) => id && void navigate({ search: { environment: id }, replace: true })}
        allowDeselect={false}
        w={220}
      />
      {environment && <TriggerAddresses key={environment.id} environment={environment.id} trigger={trigger.name} version={version} />}
      {may("events:read") && environment && (
        <Stack gap="sm">
          <Title order={3}>What came</Title>
          <EventList
            filters={{ environment: environment.id, trigger: trigger.name }}
            empty="Give the address above to the outside system. What it sends appears here as it comes."
          />
        </Stack>
      )}
      {may("events:write") && environment && (
        <VerifyDelivery key={`verify ${environment.id}`} environment={environment} trigger={trigger.name} version={version} />
      )}
      <Expected trigger={trigger} version={version} />
    </Stack>
  );
}

function Faults({ trigger: { errors = [] } }: { trigger: Trigger }) {
  if (errors.length === 0) return null;
  return (
    <Paper>
      <Text fw={600} size="sm">
        To mend before it can be published
      </Text>
      {errors.map(({ field, message }) => (
        <Text size="sm" key={`${field}${message}`}>
          <code>{field}</code> {message}
        </Text>
      ))}
    </Paper>
  );
}

function Expected({ trigger, version }: { trigger: Trigger; version: string }) {
  const definitions = trigger.requestBody?.definitions ?? [];
  return (
    <Stack gap="sm">
      <Title order={3}>What it expects</Title>
      <Text size="sm">
        {trigger.strict ? "What does not fit is refused with 400." : "What does not fit is accepted, and marked in the inbox."}
        {trigger.challenge &&
          ` A text at ${trigger.challenge.name} in the ${trigger.challenge.in} is answered at once: so the sender proves the address.`}
      </Text>
      {trigger.parameters.length > 0 && (
        <Text size="sm">
          Parameters:{" "}
          {trigger.parameters.map(({ name, in: place, required }) => `${name} (${place}${required ? ", required" : ""})`).join(", ")}
        </Text>
      )}
      {definitions.length === 0 ? (
        <Text size="sm" c="dimmed">
          Any body, as it comes.
        </Text>
      ) : (
        <SimpleGrid cols={1}>
          {definitions.map(({ id, definition }) => (
            <Paper key={id}>
              <Text fw={600} size="sm" mb="xs">
                {definition.name}
              </Text>
              <DefinitionSchema definition={definition} version={version} />
            </Paper>
          ))}
        </SimpleGrid>
      )}
    </Stack>
  );
}

function Delete({ name }: { name: string }) {
  const { org, connection, version } = useParams({ from });
  const navigate = useNavigate();
  const params = { organisation_id: org, connection_id: connection, version, trigger_name: name };
  const remove = async () => {
    await call("DeleteTrigger", { params });
    await navigate({ to: "/o/$org/connections/$connection/triggers", params: { org, connection }, search: { version } });
  };
  return (
    <Deleting title="Delete the trigger" name={name} remove={remove}>
      <Text size="sm">Once a version without it is published, senders that still call it get 404. Events that came stay in the inbox.</Text>
    </Deleting>
  );
}
