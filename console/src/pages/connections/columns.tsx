import { Anchor, Code, Group, Text } from "@mantine/core";
import type { ConnectionSummary } from "@mooring/contract";
import { Link } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { Health } from "../../parts/health.tsx";
import { Protocol } from "../../parts/protocol.tsx";
import type { Column } from "../../parts/rows.tsx";
import { Ago } from "../../parts/time.tsx";
import classes from "./columns.module.css";

/** What the list shows of each connection. */
export const summaryColumns = (org: string): Column<ConnectionSummary>[] => [
  {
    title: "Name",
    width: "minmax(0, 1.3fr)",
    render: ({ id, name, protocol }) => (
      <Group gap={8} wrap="nowrap" miw={0}>
        <Anchor
          fw={550}
          size="sm"
          lineClamp={3}
          title={name.length > 60 ? name : undefined}
          renderRoot={(props) => <Link {...props} to="/o/$org/connections/$connection" params={{ org, connection: id }} />}
        >
          {name}
        </Anchor>
        <Protocol protocol={protocol} />
      </Group>
    ),
  },
  {
    title: "Address",
    width: "minmax(0, 1.3fr)",
    render: ({ address }) =>
      address === "" ? <Text size="sm">each query names its own</Text> : <Code className={classes.address}>{address}</Code>,
  },
  { title: "Environments", render: ({ environments }) => <Environments environments={environments} /> },
  { title: "Health", width: "140px", render: ({ health }) => <Health health={health} /> },
  {
    title: "Last hour",
    width: "110px",
    render: ({ callsLastHour, failuresLastHour }) => (
      <span>
        {callsLastHour === 0 ? "no calls" : `${callsLastHour.toLocaleString("en")} ${callsLastHour === 1 ? "call" : "calls"}`}
        {failuresLastHour > 0 && (
          <Text size="xs" c="var(--mantine-color-error)">
            {failuresLastHour.toLocaleString("en")} failed
          </Text>
        )}
      </span>
    ),
  },
  { title: "Changed", width: "120px", render: ({ updatedAt }) => <Ago at={updatedAt} /> },
];

const shownMax = 3;

function Environments({ environments }: Pick<ConnectionSummary, "environments">) {
  const rest = environments.length - shownMax;
  return (
    <Group gap={4}>
      {environments.slice(0, shownMax).map(({ id, name, health }) => (
        <span key={id} className={classes.environment}>
          {(health === "failing" || health === "attention") && (
            <TriangleAlert size={12} role="img" aria-label={health === "failing" ? "failing:" : "needs a person:"} />
          )}
          {name}
        </span>
      ))}
      {rest > 0 && <span className={classes.environment}>{rest} more</span>}
    </Group>
  );
}
