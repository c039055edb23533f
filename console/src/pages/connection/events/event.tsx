import { Badge, Button, Group, Paper, Stack, Table, Text, Title } from "@mantine/core";
import type { Event } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { queryOf, useChange } from "../../../api/queries.ts";
import { useMay } from "../../../api/session.ts";
import { useTitle } from "../../../frame/page.tsx";
import { Answered } from "../../../parts/answer.tsx";
import { Back } from "../../../parts/back.tsx";
import { CodeBlock, Copyable } from "../../../parts/copy.tsx";
import { Fault } from "../../../parts/fault.tsx";
import { Moment, size } from "../../../parts/time.tsx";
import { useConnection } from "../connection.ts";
import { DeliveryTable } from "./delivery-table.tsx";
import { Origin } from "./event-list.tsx";
import { NotForYou } from "./not-for-you.tsx";
import { VerificationSteps } from "./verification-steps.tsx";

/** One event as it came: who sent it, what it says, and where it went. */
export function OneEvent() {
  const may = useMay();
  const { org, connection, event } = useParams({ from: "/signed-in/o/$org/connections/$connection/events/$event" });
  const { name } = useConnection();
  useTitle(`Event · ${name}`);
  const query = useQuery({
    ...queryOf("GetEvent", { params: { organisation_id: org, connection_id: connection, event_id: event } }),
    enabled: may("events:read"),
  });
  if (!may("events:read")) return <NotForYou />;
  return <Answered query={query}>{(found) => <Shown event={found} />}</Answered>;
}

function Shown({ event }: { event: Event }) {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection/events/$event" });
  const { environments } = useConnection();
  const environment = environments.find(({ id }) => id === event.environment);
  return (
    <Stack gap="lg">
      <Back link={{ to: "/o/$org/connections/$connection/events", params: { org, connection } }} label="Inbox" />
      <Group justify="space-between">
        <Group>
          <Title order={2}>{event.trigger ?? event.type}</Title>
          <Origin event={event} />
        </Group>
        <Again event={event} />
      </Group>
      <Text size="sm" c="dimmed">
        Came <Moment at={event.receivedAt} />
        {environment && ` to ${environment.name}`} · {size(event.bytes)}
        {event.sequence !== undefined && ` · number ${event.sequence} of this trigger there`}
      </Text>
      <Copyable value={event.id} label="Copy the event's id" />
      {event.verification && (
        <Stack gap="sm">
          <Title order={3}>How it was verified</Title>
          <VerificationSteps verification={event.verification} />
        </Stack>
      )}
      {event.faults && event.faults.length > 0 && (
        <Paper>
          <Title order={3}>What does not fit</Title>
          {event.faults.map(({ field, message }) => (
            <Text size="sm" key={`${field}${message}`}>
              <code>{field}</code> {message}
            </Text>
          ))}
        </Paper>
      )}
      <Content event={event} />
      <Stack gap="sm">
        <Title order={3}>Where it went</Title>
        <DeliveryTable deliveries={event.deliveries} />
      </Stack>
    </Stack>
  );
}

function Again({ event }: { event: Event }) {
  const may = useMay();
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection/events/$event" });
  const params = { organisation_id: org, connection_id: connection, event_id: event.id };
  const verify = useChange("VerifyEvent");
  const deliver = useChange("DeliverEvent");
  if (!may("events:write")) return null;
  return (
    <Stack gap={4} align="flex-end">
      <Group gap="xs">
        {event.origin === "unverified" && (
          <Button variant="default" loading={verify.isPending} onClick={() => verify.mutate({ params })}>
            Verify again
          </Button>
        )}
        {event.origin !== "unverified" && (
          <Button variant="default" loading={deliver.isPending} onClick={() => deliver.mutate({ params, body: {} })}>
            Deliver again
          </Button>
        )}
      </Group>
      {deliver.data && (
        <Badge color="gray" role="status">
          {deliver.data.body.deliveries === 0 ? "nobody wants it" : `on its way to ${deliver.data.body.deliveries}`}
        </Badge>
      )}
      <Fault error={verify.error ?? deliver.error} />
    </Stack>
  );
}

function Content({ event }: { event: Event }) {
  return (
    <Stack gap="sm">
      <Title order={3}>What was sent</Title>
      {event.target && <Copyable value={`${event.method ?? ""} ${event.target}`} label="Copy method and address" />}
      {event.headers.length > 0 && (
        <Paper p={0}>
          <Table.ScrollContainer minWidth={300}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Header</Table.Th>
                  <Table.Th>Value</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {event.headers.map(({ name, value }, index) => (
                  <Table.Tr key={index}>
                    <Table.Td>{name}</Table.Td>
                    <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </Paper>
      )}
      {event.bytes > 0 && (
        <CodeBlock title={event.body === undefined ? "Body, in base64" : "Body, as it came"} code={event.body ?? event.bodyBase64 ?? ""} />
      )}
    </Stack>
  );
}
