import { Anchor, Badge, Button, Group, Stack, Text, Title } from "@mantine/core";
import type { Subscription } from "@mooring/contract";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { BellRing, Plus } from "lucide-react";
import { listOf } from "../../../api/queries.ts";
import { useMay, useOrganisation } from "../../../api/session.ts";
import { Empty } from "../../../parts/empty.tsx";
import { Rows } from "../../../parts/rows.tsx";
import { Ago } from "../../../parts/time.tsx";
import { useConnection } from "../connection.ts";

/** Who relies on the connection, and to whom its events go. */
export function Subscriptions() {
  const org = useOrganisation();
  const may = useMay();
  const { id } = useConnection();
  const query = useInfiniteQuery(listOf("ListSubscriptions", { params: { organisation_id: org, connection_id: id } }));
  const create = may("connections:write") && (
    <Button
      leftSection={<Plus size={16} />}
      renderRoot={(props) => <Link {...props} to="/o/$org/connections/$connection/subscriptions/new" params={{ org, connection: id }} />}
    >
      New subscription
    </Button>
  );
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={2}>Subscriptions</Title>
        {create}
      </Group>
      <Rows
        label="Subscriptions"
        query={query}
        rowsOf={({ subscriptions }) => subscriptions}
        keyOf={({ id: one }) => one}
        count={(total) => (total === 1 ? "1 subscription" : `${total} subscriptions`)}
        empty={
          <Empty icon={BellRing} title="Nobody relies on it yet" action={create}>
            A subscription says that somebody uses this connection: what it uses cannot be removed under it. It can have events sent to an
            address, signed and again until they are taken, or read them.
          </Empty>
        }
        columns={[
          {
            title: "Name",
            render: (one) => (
              <Anchor
                size="sm"
                fw={550}
                renderRoot={(props) => (
                  <Link
                    {...props}
                    to="/o/$org/connections/$connection/subscriptions/$subscription"
                    params={{ org, connection: id, subscription: one.id }}
                  />
                )}
              >
                {one.name}
              </Anchor>
            ),
          },
          { title: "Uses", render: (one) => <Uses subscription={one} /> },
          { title: "Events go to", width: "minmax(0, 1.4fr)", render: (one) => <Destination subscription={one} /> },
          { title: "Changed", width: "130px", render: ({ updatedAt }) => <Ago at={updatedAt} /> },
        ]}
      />
    </Stack>
  );
}

/** What a subscription relies on, in words. */
export function Uses({ subscription: { version, environment, trigger } }: { subscription: Subscription }) {
  const { environments } = useConnection();
  const place = environments.find(({ id }) => id === environment)?.name;
  return (
    <Text size="sm" span>
      {version === undefined ? "the default version" : `version ${version}`}
      {place && `, in ${place}`}
      {trigger && `, the trigger ${trigger}`}
    </Text>
  );
}

/** Where a subscription has its events sent, and whether that works. */
export function Destination({ subscription: { destination } }: { subscription: Subscription }) {
  if (!destination)
    return (
      <Text size="sm" c="dimmed">
        nowhere: they can be read
      </Text>
    );
  return (
    <>
      <Text size="sm">{destination.url}</Text>
      <DestinationState destination={destination} />
    </>
  );
}

/** Whether events are taken at a destination, in a word. */
export function DestinationState({ destination }: { destination: NonNullable<Subscription["destination"]> }) {
  if (destination.state === "disabled") return <Badge color="red">disabled</Badge>;
  if (destination.pausedUntil) return <Badge color="orange">paused</Badge>;
  if (destination.failures > 0) return <Badge color="orange">failing</Badge>;
  return <Badge color="green">takes them</Badge>;
}
