import { Group, SegmentedControl, Select, Stack, Text, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import type { Connection } from "@mooring/contract";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { queryOf } from "../../../api/queries.ts";
import { useOrganisation } from "../../../api/session.ts";
import { CodeBlock } from "../../../parts/copy.tsx";
import { versionsOf } from "../versions.ts";
import { curlOf, fetchOf, invokeExample, proxyExample } from "./example-code.ts";

const anyPath = "/";
const anyPathLabel = "Any path";

/** A call through the gateway to copy, for the environment and action that somebody chooses. */
export function Example({ connection }: { connection: Connection }) {
  const org = useOrganisation();
  const [environment, setEnvironment] = useState(connection.environments[0]?.id ?? "");
  const [chosen, setChosen] = useState<string>();
  const [search, setSearch] = useState("");
  const [language, setLanguage] = useState("curl");
  const { all, standard } = versionsOf(connection);
  const version = standard ?? all[0];
  const isHttp = connection.protocol === "http";
  const params = { organisation_id: org, connection_id: connection.id, version: version?.name ?? "default" };
  const first = useQuery({ ...queryOf("GetActions", { params, query: { first: 20 } }), enabled: version !== undefined });
  const current = chosen ?? (isHttp ? anyPath : first.data?.actions[0]?.name);
  const action = current === anyPath ? undefined : current;
  // The field's text is what is chosen until somebody types.
  const [name] = useDebouncedValue(search === (action ?? anyPathLabel) ? "" : search, 150);
  const actions = useQuery({
    ...queryOf("GetActions", { params, query: { first: 20, ...(name === "" ? {} : { name }) } }),
    enabled: version !== undefined,
    placeholderData: keepPreviousData,
  });
  const found = actions.data?.actions ?? [];
  const picked = useQuery({
    ...queryOf("GetAction", { params: { ...params, action_name: action ?? "" } }),
    enabled: action !== undefined,
    placeholderData: keepPreviousData,
  });
  const place = { origin: location.origin, org, connection: connection.id, environment };
  const request =
    isHttp && action === undefined
      ? proxyExample(place)
      : picked.data && invokeExample(place, picked.data, version?.id === standard?.id ? undefined : version?.name);
  return (
    <Stack gap="sm" component="section" aria-label="Call it from your program">
      <div>
        <Title order={2}>Call it from your program</Title>
        <Text size="sm" c="dimmed">
          Your program holds an API key of Mooring, and none of the system's secrets.{" "}
          {isHttp && "Any path below the base URL can be called; an action is checked before it is sent."}
        </Text>
      </div>
      <Group gap="sm">
        <Select
          aria-label="Environment"
          w={180}
          allowDeselect={false}
          searchable={connection.environments.length > 10}
          data={connection.environments.map(({ id, name }) => ({ value: id, label: name }))}
          value={environment}
          onChange={(value) => value && setEnvironment(value)}
        />
        {(first.data?.actions.length ?? 0) > 0 && (
          <Select
            aria-label="Any path, or an action"
            flex="1 1 200px"
            allowDeselect={false}
            searchable
            // What the API found is shown as it is.
            filter={({ options }) => options}
            data={[
              ...(isHttp ? [{ value: anyPath, label: anyPathLabel }] : []),
              ...withChosen(
                found.map((one) => one.name),
                action,
              ),
            ]}
            value={current ?? null}
            searchValue={search}
            onSearchChange={setSearch}
            onChange={(value) => setChosen(value ?? undefined)}
            nothingFoundMessage="No such action"
          />
        )}
        <SegmentedControl
          aria-label="Language"
          value={language}
          onChange={setLanguage}
          data={[
            { value: "curl", label: "curl" },
            { value: "typescript", label: "TypeScript" },
          ]}
        />
      </Group>
      {request ? (
        <CodeBlock
          isWrapped
          title={language === "curl" ? "curl" : "TypeScript"}
          code={language === "curl" ? curlOf(request) : fetchOf(request)}
        />
      ) : (
        !isHttp &&
        first.data?.actions.length === 0 && (
          <Text size="sm" c="dimmed">
            What is called of BigQuery are actions, each with a query. There is none yet.
          </Text>
        )
      )}
    </Stack>
  );
}

/** The list with the one that is chosen in it, which another search may have left out: a field shows only what is in its list. */
const withChosen = (names: readonly string[], chosen: string | undefined) =>
  [...new Set([...names, ...(chosen ? [chosen] : [])])].map((name) => ({ value: name, label: name }));
