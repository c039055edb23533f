import { Anchor, Button, Group, Paper, SimpleGrid, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { KeySquare, Plus } from "lucide-react";
import { useMay, useOrganisation, usePerson } from "../../api/session.ts";
import { Page } from "../../frame/page.tsx";
import { Changes, LatestConnections } from "./changes.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { latestQuery } from "./queries.ts";
import { Traffic } from "./traffic.tsx";
import { Unwell } from "./unwell.tsx";

/** How everything is going; where there is nothing yet, how to begin. */
export function Home() {
  const org = useOrganisation();
  const { name, hasPassword } = usePerson();
  const may = useMay();
  const latest = useQuery(latestQuery(org));
  if (latest.data?.totalCount === 0)
    return (
      <Page title={`Welcome, ${name}`} about="Nothing is connected yet. This is how to begin.">
        <FirstSteps />
      </Page>
    );
  const create = may("connections:write") && (
    <Button leftSection={<Plus size={16} />} renderRoot={(props) => <Link {...props} to="/o/$org/connections/new" params={{ org }} />}>
      New connection
    </Button>
  );
  return (
    <Page title="Home" actions={create}>
      {!hasPassword && <WayBack org={org} />}
      <Traffic />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Unwell />
        {may("organisation:admin") ? <Changes /> : <LatestConnections />}
      </SimpleGrid>
    </Page>
  );
}

/** The link that brought somebody here works once: without a password they do not come back. */
function WayBack({ org }: { org: string }) {
  return (
    <Paper py="sm">
      <Group gap="sm" wrap="nowrap">
        <KeySquare size={18} aria-hidden style={{ flexShrink: 0 }} />
        <Text size="sm">
          The link that brought you here worked once.{" "}
          <Anchor inherit underline="always" renderRoot={(props) => <Link {...props} to="/o/$org/profile" params={{ org }} />}>
            Set an e-mail address and a password
          </Anchor>{" "}
          to come back.
        </Text>
      </Group>
    </Paper>
  );
}
