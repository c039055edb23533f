import { Group, Select, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { queryOf } from "../../../api/queries.ts";
import { useMay, useOrganisation } from "../../../api/session.ts";
import { useTitle } from "../../../frame/page.tsx";
import { useConnection } from "../connection.ts";
import { useChosenVersion } from "../versions.ts";
import { EventList } from "./event-list.tsx";
import { NotForYou } from "./not-for-you.tsx";
import type { InboxFilters } from "./routes.tsx";
import { Ways } from "./ways.tsx";

/** All events of a connection, verified or not. */
export function Inbox() {
  const org = useOrganisation();
  const may = useMay();
  const { id, name, environments } = useConnection();
  const filters = useSearch({ from: "/signed-in/o/$org/connections/$connection/events" });
  const navigate = useNavigate({ from: "/o/$org/connections/$connection/events" });
  const version = useChosenVersion(undefined)?.name ?? "";
  const triggers = useQuery({
    ...queryOf("GetTriggers", { params: { organisation_id: org, connection_id: id, version }, query: { first: 100 } }),
    enabled: version !== "",
  });
  useTitle(`Inbox · ${name}`);
  const filter = (changes: Partial<Record<keyof InboxFilters, string | undefined>>) =>
    void navigate({ search: (before) => ({ ...before, ...changes }) as InboxFilters, replace: true });
  if (!may("events:read")) return <NotForYou />;
  return (
    <Stack>
      <Title order={2}>Inbox</Title>
      <Ways />
      <Group align="flex-end">
        <Select
          label="Environment"
          placeholder="Any"
          data={environments.map((one) => ({ value: one.id, label: one.name }))}
          value={filters.environment ?? null}
          onChange={(environment) => filter({ environment: environment ?? undefined })}
          clearable
          w={160}
        />
        <Select
          label="Trigger"
          placeholder="Any"
          data={triggers.data?.triggers.map((one) => one.name) ?? []}
          value={filters.trigger ?? null}
          onChange={(trigger) => filter({ trigger: trigger ?? undefined })}
          clearable
          w={200}
        />
        <Select
          label="Sender"
          placeholder="Any"
          data={[
            { value: "verified", label: "Verified" },
            { value: "unverified", label: "Not verified" },
            { value: "own", label: "Mooring's own" },
          ]}
          value={filters.origin ?? null}
          onChange={(origin) => filter({ origin: origin ?? undefined })}
          clearable
          w={160}
        />
      </Group>
      <EventList
        filters={filters}
        empty="What the outside system sends appears here as it comes, also what was not verified, with the reason."
      />
    </Stack>
  );
}
