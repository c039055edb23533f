import { Anchor, Group, Paper, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import type { Attention, ConnectionSummary, ConnectionSummaryPage } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";
import { useOrganisation } from "../../api/session.ts";
import { Waiting } from "../../parts/answer.tsx";
import { Fault } from "../../parts/fault.tsx";
import { Health } from "../../parts/health.tsx";
import classes from "./list.module.css";
import { unwellQuery } from "./queries.ts";

/** The connections that need a person again, then those that fail, each with why. Says so when all is well. */
export function Unwell() {
  const org = useOrganisation();
  const [attention, failing] = [useQuery(unwellQuery(org, "attention")), useQuery(unwellQuery(org, "failing"))];
  const queries = [attention, failing];
  const items = queries.flatMap(({ data }) => data?.items ?? []);
  const broken = queries.find(({ isError }) => isError);
  return (
    <Paper component="section" p="lg" aria-label="Needs a look">
      <Title order={2} mb="xs">
        Needs a look
      </Title>
      {broken && <Fault error={broken.error} retry={() => void broken.refetch()} />}
      {!broken && queries.some(({ isPending }) => isPending) && <Waiting />}
      {queries.every(({ isSuccess }) => isSuccess) && items.length === 0 && (
        <Group gap="sm" wrap="nowrap" py="xs">
          <ThemeIcon variant="light" color="green" radius="xl" size={34}>
            <CircleCheck size={18} />
          </ThemeIcon>
          <Text size="sm">No connection fails or waits for a person.</Text>
        </Group>
      )}
      <ul className={classes.rows}>
        {items.map((one) => (
          <li key={one.id} className={classes.row}>
            <Stack gap={3} flex={1} miw={0}>
              <Group gap="xs" justify="space-between" wrap="nowrap" align="flex-start">
                <Anchor
                  fw={550}
                  size="sm"
                  renderRoot={(props) => <Link {...props} to="/o/$org/connections/$connection" params={{ org, connection: one.id }} />}
                >
                  {one.name}
                </Anchor>
                <Health health={one.health} />
              </Group>
              <Reasons connection={one} />
            </Stack>
          </li>
        ))}
      </ul>
      <More health="attention" page={attention.data} words="need a person" />
      <More health="failing" page={failing.data} words="are failing" />
    </Paper>
  );
}

function More({ health, page, words }: { health: "attention" | "failing"; page: ConnectionSummaryPage | undefined; words: string }) {
  const org = useOrganisation();
  if (!page || page.totalCount <= page.items.length) return null;
  return (
    <Anchor
      size="sm"
      display="block"
      mt="xs"
      renderRoot={(props) => <Link {...props} to="/o/$org/connections" params={{ org }} search={{ health }} />}
    >
      All {page.totalCount} that {words}
    </Anchor>
  );
}

function Reasons({ connection: { attention, callsLastHour, failuresLastHour } }: { connection: ConnectionSummary }) {
  return (
    <>
      {attention.map((one) => (
        <Text key={one.credential.id} size="sm" c="dimmed">
          <Reason attention={one} />
        </Text>
      ))}
      {failuresLastHour > 0 && (
        <Text size="sm" c="dimmed">
          {failuresLastHour} of {callsLastHour} {callsLastHour === 1 ? "call" : "calls"} failed in the last hour
        </Text>
      )}
    </>
  );
}

function Reason({ attention: { credential, state, reason } }: { attention: Attention }) {
  const org = useOrganisation();
  const otherwise = state === "failing" ? "Its token cannot be renewed at present." : "Somebody has to sign in again.";
  return (
    <>
      <Anchor
        inherit
        underline="always"
        renderRoot={(props) => <Link {...props} to="/o/$org/credentials/$credential" params={{ org, credential: credential.id }} />}
      >
        {credential.name}
      </Anchor>
      : {reason ?? otherwise}
    </>
  );
}
