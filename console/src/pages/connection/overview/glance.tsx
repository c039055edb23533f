import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import type { ConnectionHealth } from "@mooring/contract";
import { Link } from "@tanstack/react-router";
import { useOrganisation } from "../../../api/session.ts";
import { Health } from "../../../parts/health.tsx";
import { Ago, duration } from "../../../parts/time.tsx";
import classes from "./glance.module.css";

type Environment = ConnectionHealth["environments"][number];
const shownMax = 12;

/** The environments at a glance: how each is doing, its calls, and whether its credentials work. */
export function EnvironmentsAtGlance({ connection, environments }: { connection: string; environments: readonly Environment[] }) {
  const org = useOrganisation();
  return (
    <Stack gap="sm" component="section" aria-label="Environments">
      <Group justify="space-between" align="baseline">
        <Title order={2}>Environments</Title>
        <Anchor
          size="sm"
          renderRoot={(props) => <Link {...props} to="/o/$org/connections/$connection/environments" params={{ org, connection }} />}
        >
          {environments.length > shownMax ? `All ${environments.length} environments` : "All about them"}
        </Anchor>
      </Group>
      <ul className={classes.environments}>
        {environments.slice(0, shownMax).map((environment) => (
          <li key={environment.id} className={classes.environment}>
            <Group gap={8} className={classes.name}>
              <Anchor
                fw={600}
                size="sm"
                renderRoot={(props) => (
                  <Link
                    {...props}
                    to="/o/$org/connections/$connection/environments/$environment"
                    params={{ org, connection, environment: environment.id }}
                  />
                )}
              >
                {environment.name}
              </Anchor>
              <Health health={environment.health} />
            </Group>
            <Numbers environment={environment} />
            <Secrets environment={environment} />
          </li>
        ))}
      </ul>
    </Stack>
  );
}

function Numbers({ environment: { callsLastHour, failuresLastHour, p95Ms, lastCallAt } }: { environment: Environment }) {
  if (callsLastHour === 0)
    return (
      <Text size="sm" c="dimmed">
        {lastCallAt ? (
          <>
            last call <Ago at={lastCallAt} />
          </>
        ) : (
          "no calls yet"
        )}
      </Text>
    );
  return (
    <div>
      <Text size="sm">
        {callsLastHour.toLocaleString("en")} {callsLastHour === 1 ? "call" : "calls"} in the last hour
        {failuresLastHour > 0 && (
          <Text span inherit c="var(--mantine-color-error)">
            , {failuresLastHour.toLocaleString("en")} failed
          </Text>
        )}
      </Text>
      {p95Ms !== undefined && (
        <Text size="xs" c="dimmed">
          95 of 100 within {duration(p95Ms)}
        </Text>
      )}
    </div>
  );
}

const stateWords: Readonly<Record<string, string>> = {
  ok: "works",
  untried: "not tried yet",
  failing: "failing",
  reauth_required: "needs a person",
  expiring: "works",
  refreshing: "being renewed",
};

function Secrets({ environment: { credentials } }: { environment: Environment }) {
  const { action } = credentials;
  if (action.length === 0)
    return (
      <Text size="sm" c="dimmed">
        no credentials
      </Text>
    );
  // The worst is what one has to know; the rest is a page further.
  const worst = action.find(({ state }) => state === "reauth_required" || state === "failing") ?? action[0];
  return (
    <Text size="sm" c="dimmed">
      {action.length === 1 ? "credential" : `${action.length} credentials`}: {stateWords[worst?.state ?? ""] ?? worst?.state}
    </Text>
  );
}
