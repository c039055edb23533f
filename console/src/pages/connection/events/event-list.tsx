import { Anchor, Badge, Switch, Text } from "@mantine/core";
import type { EventSummary } from "@mooring/contract";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Inbox as InboxIcon } from "lucide-react";
import { useState } from "react";
import { listOf } from "../../../api/queries.ts";
import { useOrganisation } from "../../../api/session.ts";
import { Empty } from "../../../parts/empty.tsx";
import { Rows } from "../../../parts/rows.tsx";
import { Ago, size } from "../../../parts/time.tsx";
import { useConnection } from "../connection.ts";
import type { InboxFilters } from "./routes.tsx";

/** Events as they come, the newest first. `empty` says what to do where there are none. */
export function EventList({ filters, empty }: { filters: InboxFilters; empty: string }) {
  const org = useOrganisation();
  const { id, environments } = useConnection();
  const [isLive, setLive] = useState(true);
  const query = useInfiniteQuery({
    ...listOf("ListEvents", { params: { organisation_id: org, connection_id: id }, query: filters as object }),
    // Whoever has scrolled on reads older ones: those must not move below their eyes.
    refetchInterval: ({ state }) => (isLive && (state.data?.pages.length ?? 0) <= 1 ? 2_000 : false),
  });
  const environmentOf = ({ environment }: EventSummary) => environments.find((one) => one.id === environment)?.name ?? "—";
  return (
    <>
      <Switch label="Live" checked={isLive} onChange={(event) => setLive(event.currentTarget.checked)} />
      <Rows
        label="Events"
        query={query}
        rowsOf={({ events }) => events}
        keyOf={({ id: one }) => one}
        count={(total) => (total === 1 ? "1 event" : `${total.toLocaleString("en")} events`)}
        empty={
          <Empty icon={InboxIcon} title="Nothing came yet">
            {empty}
          </Empty>
        }
        columns={[
          {
            title: "Event",
            width: "minmax(0, 1.4fr)",
            render: (event) => (
              <Anchor
                size="sm"
                fw={550}
                renderRoot={(props) => (
                  <Link {...props} to="/o/$org/connections/$connection/events/$event" params={{ org, connection: id, event: event.id }} />
                )}
              >
                {event.trigger ?? event.type}
              </Anchor>
            ),
          },
          { title: "Sender", width: "190px", render: (event) => <Origin event={event} /> },
          { title: "Environment", render: (event) => <Text size="sm">{environmentOf(event)}</Text> },
          { title: "Body", width: "90px", render: ({ bytes }) => <span>{size(bytes)}</span> },
          { title: "Came", width: "130px", render: ({ receivedAt }) => <Ago at={receivedAt} /> },
        ]}
      />
    </>
  );
}

/** Whether it is certain who sent an event, and whether it is what the trigger says. */
export function Origin({ event: { origin, fits, duplicates } }: { event: Pick<EventSummary, "origin" | "fits" | "duplicates"> }) {
  const [color, word] = looks[origin];
  return (
    <>
      <Badge color={color}>{word}</Badge>
      {fits === false && (
        <Badge color="orange" ml={4}>
          does not fit
        </Badge>
      )}
      {duplicates > 0 && (
        <Text size="xs" c="dimmed">
          came {duplicates + 1} times
        </Text>
      )}
    </>
  );
}

const looks = {
  verified: ["green", "verified"],
  unverified: ["red", "not verified"],
  own: ["gray", "Mooring's own"],
} as const satisfies Record<EventSummary["origin"], readonly [string, string]>;
