import { Anchor, Button, Group, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { listOf, useChange } from "../../../api/queries.ts";
import { useMay } from "../../../api/session.ts";
import { Fault } from "../../../parts/fault.tsx";
import { Rows } from "../../../parts/rows.tsx";
import { Moment, momentOfId } from "../../../parts/time.tsx";
import { DeliveryState, LastAnswer } from "./delivery-table.tsx";

const from = "/signed-in/o/$org/connections/$connection/subscriptions/$subscription";

/** What is on its way to the destination of the subscription of this page, and what never arrived. */
export function Deliveries() {
  const { org, connection, subscription } = useParams({ from });
  const { state } = useSearch({ from });
  const navigate = useNavigate({ from: "/o/$org/connections/$connection/subscriptions/$subscription" });
  const may = useMay();
  const params = { organisation_id: org, connection_id: connection, subscription_id: subscription };
  const query = useInfiniteQuery({
    ...listOf("ListDeliveries", { params, query: state ? { state } : {} }),
    refetchInterval: ({ state: known }) => ((known.data?.pages.length ?? 0) <= 1 ? 3_000 : false),
  });
  const again = useChange("DeliverEvents");
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={3}>Deliveries</Title>
        {may("events:write") && (
          <Button
            size="xs"
            variant="default"
            loading={again.isPending}
            onClick={() =>
              again.mutate({ params: { organisation_id: org, connection_id: connection }, body: { subscription, state: "dead" } })
            }
          >
            Send the dead again
          </Button>
        )}
      </Group>
      <SegmentedControl
        aria-label="State of deliveries"
        data={[
          { value: "", label: "All" },
          { value: "waiting", label: "Waiting" },
          { value: "delivered", label: "Delivered" },
          { value: "dead", label: "Dead" },
          { value: "skipped", label: "Skipped" },
        ]}
        value={state ?? ""}
        onChange={(value) => void navigate({ search: { state: (value || undefined) as typeof state }, replace: true })}
        style={{ alignSelf: "flex-start", maxWidth: "100%", overflowX: "auto" }}
      />
      {again.data && (
        <Text size="sm" role="status">
          {again.data.body.deliveries === 0 ? "None was dead." : `${again.data.body.deliveries} wait again.`}
          {again.data.body.next && " There are more: press it once more."}
        </Text>
      )}
      <Fault error={again.error} />
      <Rows
        label="Deliveries"
        query={query}
        rowsOf={({ deliveries }) => deliveries}
        keyOf={({ event }) => event}
        count={(total) => (total === 1 ? "1 delivery" : `${total.toLocaleString("en")} deliveries`)}
        empty={
          <Text size="sm" c="dimmed">
            None.
          </Text>
        }
        columns={[
          {
            title: "Event of",
            width: "minmax(0, 1.4fr)",
            render: ({ event }) => (
              <Anchor
                size="sm"
                renderRoot={(props) => (
                  <Link {...props} to="/o/$org/connections/$connection/events/$event" params={{ org, connection, event }} />
                )}
              >
                <Moment at={momentOfId(event)} />
              </Anchor>
            ),
          },
          { title: "State", width: "130px", render: (delivery) => <DeliveryState delivery={delivery} /> },
          { title: "Attempts", width: "80px", render: ({ attempts }) => <span>{attempts}</span> },
          { title: "Last answer", render: (delivery) => <LastAnswer delivery={delivery} /> },
        ]}
      />
    </Stack>
  );
}
