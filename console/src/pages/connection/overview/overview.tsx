import { Grid, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { queryOf } from "../../../api/queries.ts";
import { useOrganisation } from "../../../api/session.ts";
import { Answered } from "../../../parts/answer.tsx";
import { useConnection } from "../connection.ts";
import { Attention } from "./attention.tsx";
import { Example } from "./example.tsx";
import { Facts } from "./facts.tsx";
import { EnvironmentsAtGlance } from "./glance.tsx";
import { RecentCalls } from "./recent-calls.tsx";

/** What a connection is, how it is doing, what needs a person, and how to call through it. */
export function Overview() {
  const org = useOrganisation();
  const connection = useConnection();
  const health = useQuery({
    ...queryOf("GetConnectionHealth", { params: { organisation_id: org, connection_id: connection.id } }),
    refetchInterval: 15_000,
  });
  return (
    <Grid gap="xl">
      <Grid.Col span={{ base: 12, md: 8 }}>
        <Stack gap="xl">
          <Answered query={health}>
            {(doing) => (
              <>
                <Attention connection={connection} health={doing} />
                <EnvironmentsAtGlance connection={connection.id} environments={doing.environments} />
              </>
            )}
          </Answered>
          <Example connection={connection} />
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 4 }}>
        <Stack gap="xl">
          <Facts connection={connection} />
          <RecentCalls connection={connection} />
        </Stack>
      </Grid.Col>
    </Grid>
  );
}
