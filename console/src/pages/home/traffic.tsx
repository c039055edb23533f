import { Anchor, Group, SegmentedControl, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useOrganisation } from "../../api/session.ts";
import { Fault } from "../../parts/fault.tsx";
import { Chart, ChartWaiting } from "./chart.tsx";
import { chartTitles, measuresOf } from "./measures.ts";
import { statisticsQuery } from "./queries.ts";

/** How the calls of the organisation are going: how many, how many fail, how long they take. One moment is read in all three charts. */
export function Traffic() {
  const org = useOrganisation();
  const { span = "hour" } = useSearch({ from: "/signed-in/o/$org/" });
  const navigate = useNavigate();
  const query = useQuery(statisticsQuery(org, span));
  const [read, setRead] = useState<number>();
  const shown = query.data;
  return (
    <Stack component="section" gap="sm" aria-label="Calls">
      <Group justify="space-between">
        <Title order={2}>Calls</Title>
        <Group gap="md">
          <Anchor size="sm" renderRoot={(props) => <Link {...props} to="/o/$org/calls" params={{ org }} />}>
            All calls
          </Anchor>
          <SegmentedControl
            size="xs"
            aria-label="Time shown"
            value={span}
            onChange={(value) =>
              void navigate({ to: "/o/$org", params: { org }, search: { span: value === "day" ? "day" : undefined }, replace: true })
            }
            data={[
              { value: "hour", label: "Hour" },
              { value: "day", label: "24 hours" },
            ]}
          />
        </Group>
      </Group>
      <Fault error={query.error} retry={() => void query.refetch()} />
      <SimpleGrid cols={{ base: 1, md: 3 }}>
        {shown
          ? measuresOf(shown, shown.stepSeconds === 60 ? "hour" : "day").map((measure) => (
              <Chart key={measure.title} measure={measure} to={new Date(shown.to)} read={read} onRead={setRead} />
            ))
          : !query.isError && chartTitles.map((title) => <ChartWaiting key={title} title={title} />)}
      </SimpleGrid>
      {shown?.totals.calls === 0 && (
        <Text size="sm" c="dimmed">
          Nothing was called in this time. Open{" "}
          <Anchor inherit underline="always" renderRoot={(props) => <Link {...props} to="/o/$org/connections" params={{ org }} />}>
            a connection
          </Anchor>{" "}
          to try a call, or to copy one into a program.
        </Text>
      )}
    </Stack>
  );
}
