import { ActionIcon, Badge, Code, Group, Select, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import type { ActionDefinitionCreate } from "@mooring/contract";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useState } from "react";
import { queryOf } from "../../../../api/queries.ts";
import { useOrganisation } from "../../../../api/session.ts";
import { useConnection } from "../../connection.ts";
import { useFaultAt } from "./faults.ts";

interface Linked {
  readonly label: string;
  readonly path: string;
  readonly version: string;
  readonly links: readonly ActionDefinitionCreate[];
  readonly onChange: (links: ActionDefinitionCreate[]) => void;
}

/** Which definitions of the version describe a body: those there are, and one more to be found by its name. */
export function Links({ label, path, version, links, onChange }: Linked) {
  const org = useOrganisation();
  const { id: connection } = useConnection();
  const [sought, setSought] = useState("");
  const [settled] = useDebouncedValue(sought, 200);
  const fault = useFaultAt(path);
  const params = { organisation_id: org, connection_id: connection, version };
  const found = useQuery({
    ...queryOf("GetDefinitions", { params, query: settled ? { name: settled, first: 50 } : { first: 50 } }),
    placeholderData: keepPreviousData,
  });
  const there = new Set(links.map(({ definition }) => definition.name));
  const offered = (found.data?.definitions ?? []).filter(({ name }) => !there.has(name));
  return (
    <Stack gap="xs">
      <Text size="sm" fw={500}>
        {label}
      </Text>
      {links.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing yet.
        </Text>
      )}
      {links.map((link, at) => (
        <Group key={link.definition.id ?? link.definition.name} gap="xs">
          <Badge size="lg" ff="monospace">
            {link.definition.name ?? link.definition.id}
          </Badge>
          {(link.accept ?? (link.definition as { accept?: string[] }).accept ?? []).map((type) => (
            <Code key={type}>{type}</Code>
          ))}
          <ActionIcon aria-label={`Remove ${link.definition.name}`} onClick={() => onChange(links.filter((_, index) => index !== at))}>
            <X size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Select
        aria-label={`Add a definition: ${label}`}
        placeholder="Add a definition by its name"
        searchable
        w={320}
        maw="100%"
        value={null}
        searchValue={sought}
        onSearchChange={setSought}
        error={fault}
        data={offered.map(({ id, name }) => ({ value: id, label: name }))}
        nothingFoundMessage="No definition of that name. Definitions have a tab of their own."
        onChange={(id) => {
          const chosen = offered.find((one) => one.id === id);
          if (chosen) onChange([...links, { definition: { id: chosen.id, name: chosen.name } }]);
          setSought("");
        }}
      />
    </Stack>
  );
}
