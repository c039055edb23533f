import { Anchor, Code, Group, Stack, Text, Title } from "@mantine/core";
import type { Connection } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { queryOf } from "../../../api/queries.ts";
import { useOrganisation } from "../../../api/session.ts";
import { Answered } from "../../../parts/answer.tsx";
import { Ago, duration } from "../../../parts/time.tsx";
import { Status } from "../../activity/status.tsx";
import classes from "./recent-calls.module.css";

/** The last five calls through a connection, as they come. */
export function RecentCalls({ connection }: { connection: Connection }) {
  const org = useOrganisation();
  const query = useQuery({
    ...queryOf("ListCalls", { params: { organisation_id: org }, query: { connection: connection.id, first: 5 } }),
    refetchInterval: 10_000,
  });
  const nameOf = (id: string | undefined) => connection.environments.find((one) => one.id === id)?.name;
  return (
    <Stack gap="sm" component="section" aria-label="Recent calls">
      <Group justify="space-between" align="baseline">
        <Title order={2}>Recent calls</Title>
        <Anchor
          size="sm"
          renderRoot={(props) => <Link {...props} to="/o/$org/calls" params={{ org }} search={{ connection: connection.id }} />}
        >
          All calls
        </Anchor>
      </Group>
      <Answered query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Text size="sm" c="dimmed">
              None yet. A call appears here the moment it has ended.
            </Text>
          ) : (
            <ul className={classes.calls}>
              {items.map((call) => (
                <li key={call.id}>
                  <Group justify="space-between" wrap="nowrap" gap="xs">
                    <Anchor
                      size="sm"
                      className={classes.path}
                      renderRoot={(props) => <Link {...props} to="/o/$org/calls/$call" params={{ org, call: call.id }} />}
                    >
                      <b>{call.method}</b> <Code>{call.path === "" ? "/" : call.path}</Code>
                    </Anchor>
                    <Status call={call} />
                  </Group>
                  <Text size="xs" c="dimmed">
                    {nameOf(call.environmentId) ?? "no environment"} · {duration(call.durationMs)} · <Ago at={call.at} />
                  </Text>
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
    </Stack>
  );
}
