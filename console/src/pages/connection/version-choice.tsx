import { Group, Select } from "@mantine/core";
import type { ConnectionVersion } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { queryOf } from "../../api/queries.ts";
import { VersionState } from "./version-state.tsx";

/** The versions of a connection, and which of them a page is about. */
export interface ChosenVersion {
  /** The last changed hundred. */
  readonly versions: readonly ConnectionVersion[];
  /** Undefined while it is not known yet, and where the connection has none. */
  readonly version: ConnectionVersion | undefined;
  readonly isPending: boolean;
  /** Why there is none; undefined when nothing went wrong. */
  readonly error: unknown;
}

/**
 * The version whose content is looked at: the one that the address names, else the one that was looked at last in this connection, else
 * `default`, else the draft that changed last. Give it the `version` of the address's search or path.
 */
export function useChosenVersion(asked: string | undefined): ChosenVersion {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const params = { organisation_id: org, connection_id: connection };
  const list = useQuery(queryOf("ListConnectionVersions", { params, query: { first: 100 } }));
  const versions = list.data?.items ?? [];
  const wanted = asked ?? remembered(connection);
  const listed = wanted === undefined ? undefined : versions.find(({ name }) => name === wanted);
  // One that is named in the address may be older than those that were listed.
  const named = useQuery({
    ...queryOf("GetConnectionVersion", { params: { ...params, version: asked ?? "" } }),
    enabled: asked !== undefined && !listed && list.isSuccess,
  });
  const usual = versions.find(({ isDefault }) => isDefault) ?? versions[0];
  const version = listed ?? (asked === undefined ? usual : named.data);
  if (version) remember(connection, version.name);
  return {
    versions,
    version,
    isPending: version === undefined && (list.isPending || (named.isPending && named.isFetching)),
    error: version ? undefined : (list.error ?? named.error ?? undefined),
  };
}

/** Lets a person choose among the versions of a connection; each says what state it is in. */
export function VersionChoice({ chosen, onChange }: { chosen: ChosenVersion; onChange: (version: string) => void }) {
  const { versions, version } = chosen;
  const names = [...new Set([...versions.map(({ name }) => name), ...(version ? [version.name] : [])])];
  return (
    <Select
      aria-label="Version"
      data={names}
      value={version?.name ?? null}
      onChange={(name) => name !== null && onChange(name)}
      allowDeselect={false}
      searchable={names.length > 12}
      w={220}
      comboboxProps={{ width: 280, position: "bottom-start" }}
      rightSectionPointerEvents="none"
      renderOption={({ option }) => {
        const one = versions.find(({ name }) => name === option.value);
        return (
          <Group gap="xs" wrap="nowrap" justify="space-between" w="100%">
            <span style={{ overflowWrap: "anywhere" }}>{option.value}</span>
            {one && <VersionState version={one} />}
          </Group>
        );
      }}
    />
  );
}

// What was looked at is only remembered while the tab is open: the address is what counts.
const looked = new Map<string, string>();
const remembered = (connection: string) => looked.get(connection);
const remember = (connection: string, version: string) => void looked.set(connection, version);
