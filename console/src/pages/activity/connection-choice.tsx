import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { queryOf } from "../../api/queries.ts";
import { useOrganisation } from "../../api/session.ts";

interface Choice {
  readonly connection: string | undefined;
  readonly environment: string | undefined;
  readonly onChange: (connection: string | null, environment: string | null) => void;
}

/** Choosing a connection among any number, by typing, and then one of its environments. */
export function ConnectionChoice({ connection, environment, onChange }: Choice) {
  const org = useOrganisation();
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed, 100);
  const found = useQuery({
    ...queryOf("ListConnectionSummaries", { params: { organisation_id: org }, query: { first: 20, search, sort: "name:asc" } }),
    placeholderData: keepPreviousData,
  });
  const chosen = useQuery({
    ...queryOf("GetConnection", { params: { organisation_id: org, connection_id: connection ?? "" } }),
    enabled: connection !== undefined,
  });
  const offered = found.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? [];
  const own = chosen.data && !offered.some(({ value }) => value === connection) ? [{ value: chosen.data.id, label: chosen.data.name }] : [];
  return (
    <>
      <Select
        label="Connection"
        placeholder="Any"
        data={[...own, ...offered]}
        value={connection ?? null}
        onChange={(value) => onChange(value, null)}
        searchable
        clearable
        searchValue={typed}
        onSearchChange={setTyped}
        // Mooring has searched already.
        filter={({ options }) => options}
        nothingFoundMessage="No such connection"
        w={200}
      />
      {connection !== undefined && (
        <Select
          label="Environment"
          placeholder="Any"
          data={chosen.data?.environments.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          value={environment ?? null}
          onChange={(value) => onChange(connection, value)}
          clearable
          w={150}
        />
      )}
    </>
  );
}
