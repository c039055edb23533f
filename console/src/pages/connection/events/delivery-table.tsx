import { Anchor, Badge, Paper, Table, Text } from "@mantine/core";
import type { Delivery } from "@mooring/contract";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { listOf } from "../../../api/queries.ts";
import { Ago } from "../../../parts/time.tsx";

const looks = {
  waiting: "blue",
  delivered: "green",
  dead: "red",
  skipped: "gray",
} as const satisfies Record<Delivery["state"], string>;

/** The deliveries of one event: to which subscriptions, and how far they are. */
export function DeliveryTable({ deliveries }: { deliveries: readonly Delivery[] }) {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const known = useInfiniteQuery({
    ...listOf("ListSubscriptions", { params: { organisation_id: org, connection_id: connection } }),
    enabled: deliveries.length > 0,
  });
  const nameOf = (id: string) => known.data?.pages.flatMap(({ subscriptions }) => subscriptions).find((one) => one.id === id)?.name ?? id;
  if (deliveries.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No subscription with a destination wanted it. It can still be read.
      </Text>
    );
  return (
    <Paper p={0}>
      <Table.ScrollContainer minWidth={520}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Subscription</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>Attempts</Table.Th>
              <Table.Th>Last answer</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {deliveries.map((delivery) => (
              <Table.Tr key={delivery.subscription}>
                <Table.Td>
                  <Anchor
                    size="sm"
                    renderRoot={(props) => (
                      <Link
                        {...props}
                        to="/o/$org/connections/$connection/subscriptions/$subscription"
                        params={{ org, connection, subscription: delivery.subscription }}
                      />
                    )}
                  >
                    {nameOf(delivery.subscription)}
                  </Anchor>
                </Table.Td>
                <Table.Td>
                  <DeliveryState delivery={delivery} />
                </Table.Td>
                <Table.Td>{delivery.attempts}</Table.Td>
                <Table.Td>
                  <LastAnswer delivery={delivery} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

/** How far a delivery is, in a word. */
export function DeliveryState({ delivery: { state, nextAttemptAt } }: { delivery: Delivery }) {
  return (
    <>
      <Badge color={looks[state]}>{state}</Badge>
      {state === "waiting" && nextAttemptAt && (
        <Text size="xs" c="dimmed">
          next <Ago at={nextAttemptAt} />
        </Text>
      )}
    </>
  );
}

/** What the destination said last, and when. */
export function LastAnswer({ delivery: { lastStatus, lastError, lastAttemptAt } }: { delivery: Delivery }) {
  if (lastAttemptAt === undefined) return <Text size="sm">not sent yet</Text>;
  return (
    <Text size="sm">
      {lastStatus ?? lastError ?? "no answer"} · <Ago at={lastAttemptAt} />
      {lastStatus !== undefined && lastError && (
        <Text span size="xs" c="dimmed">
          {" "}
          {lastError}
        </Text>
      )}
    </Text>
  );
}
