import { Anchor, Button, Code, Group, Select, Switch, Text } from "@mantine/core";
import type { Call } from "@mooring/contract";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { History } from "lucide-react";
import { useState } from "react";
import { listOf } from "../../api/queries.ts";
import { useOrganisation } from "../../api/session.ts";
import { Page } from "../../frame/page.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Rows } from "../../parts/rows.tsx";
import { Ago, duration } from "../../parts/time.tsx";
import { ConnectionChoice } from "./connection-choice.tsx";
import { useActorNames, useConnectionNames } from "./names.ts";
import type { CallFilters } from "./routes.tsx";
import { originWords, Status } from "./status.tsx";

const from = "/signed-in/o/$org/calls";
const statuses = ["2xx", "3xx", "4xx", "5xx", "401", "403", "404", "429", "502", "504"];

/** Calls through the gateway, the newest first, as they come. */
export function Calls() {
  const org = useOrganisation();
  const filters = useSearch({ from });
  const navigate = useNavigate({ from: "/o/$org/calls" });
  const [isLive, setLive] = useState(true);
  const query = useInfiniteQuery({
    ...listOf("ListCalls", { params: { organisation_id: org }, query: filters as object }),
    // Whoever has scrolled on reads older calls: those must not move below their eyes.
    refetchInterval: ({ state }) => (isLive && (state.data?.pages.length ?? 0) <= 1 ? 2_000 : false),
  });
  const rows = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const nameOf = useConnectionNames(rows.flatMap(({ connectionId }) => connectionId ?? []));
  const { nameOf: actorOf, known } = useActorNames();
  const filter = (changes: Partial<Record<keyof CallFilters, string | null>>) =>
    void navigate({ search: (before) => kept({ ...before, ...changes }), replace: true });
  const isFiltered = Object.values(filters).some((value) => value !== undefined);

  return (
    <Page title="Calls" about="Every call through the gateway: who, where to, and how it ended. Nothing of what was sent or answered.">
      <Group align="flex-end" gap="sm">
        <ConnectionChoice
          connection={filters.connection}
          environment={filters.environment}
          onChange={(connection, environment) => filter({ connection, environment })}
        />
        <Select
          label="Status"
          placeholder="Any"
          data={statuses}
          value={filters.status ?? null}
          onChange={(status) => filter({ status })}
          clearable
          w={110}
        />
        <Select
          label="Answered by"
          placeholder="Anybody"
          data={[
            { value: "upstream", label: "Outside system" },
            { value: "gateway", label: "Mooring" },
            { value: "aborted", label: "Nobody" },
          ]}
          value={filters.origin ?? null}
          onChange={(origin) => filter({ origin })}
          clearable
          w={160}
        />
        <Select
          label="Caller"
          placeholder="Anybody"
          data={known}
          value={filters.actor ?? null}
          onChange={(actor) => filter({ actor })}
          clearable
          searchable
          w={180}
        />
        <Switch label="Live" checked={isLive} onChange={(event) => setLive(event.currentTarget.checked)} pb={8} />
        {isFiltered && (
          <Button variant="subtle" onClick={() => void navigate({ search: {}, replace: true })}>
            Clear
          </Button>
        )}
      </Group>
      <Rows
        label="Calls"
        query={query}
        rowsOf={({ items }) => items}
        keyOf={({ id }) => id}
        empty={
          <Empty icon={History} title={isFiltered ? "No such call" : "No calls yet"}>
            {isFiltered ? "No call on record fits all of this." : "A call through the gateway appears here the moment it has ended."}
          </Empty>
        }
        columns={[
          { title: "Call", width: "minmax(0, 2fr)", render: (call) => <What call={call} org={org} /> },
          { title: "Status", width: "90px", render: (call) => <Status call={call} /> },
          { title: "Through", render: (call) => <Through call={call} nameOf={nameOf} /> },
          { title: "Caller", render: ({ actor }) => <Text size="sm">{actorOf(actor)}</Text> },
          { title: "Took", width: "80px", render: ({ durationMs }) => <span>{duration(durationMs)}</span> },
          { title: "When", width: "120px", render: ({ at }) => <Ago at={at} /> },
        ]}
      />
    </Page>
  );
}

function What({ call: { id, method, path, code, origin }, org }: { call: Call; org: string }) {
  return (
    <>
      <Anchor size="sm" renderRoot={(props) => <Link {...props} to="/o/$org/calls/$call" params={{ org, call: id }} />}>
        <b>{method}</b> <Code>{path === "" ? "/" : path}</Code>
      </Anchor>
      {code && (
        <Text size="xs" c="dimmed">
          {originWords[origin]}: {code}
        </Text>
      )}
    </>
  );
}

function Through({ call: { connectionId, environmentId }, nameOf }: { call: Call; nameOf: ReturnType<typeof useConnectionNames> }) {
  if (connectionId === undefined) return <Text size="sm">unknown</Text>;
  return (
    <Text size="sm">
      {nameOf(connectionId)}
      {environmentId && (
        <Text span c="dimmed" size="sm">
          {" "}
          · {nameOf(connectionId, environmentId)}
        </Text>
      )}
    </Text>
  );
}

const kept = (filters: object): CallFilters => Object.fromEntries(Object.entries(filters).filter(([, value]) => value));
