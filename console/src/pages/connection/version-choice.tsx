import { Group, Select } from "@mantine/core";
import { VersionState } from "./version-state.tsx";
import { useVersions } from "./versions.ts";

interface Choice {
  /** The name of the version that is chosen. */
  readonly value: string | undefined;
  readonly onChange: (version: string) => void;
  readonly label?: string;
  /** A version that cannot be chosen. */
  readonly except?: string;
}

/** Lets a person choose among the versions of the connection of this page; each says what state it is in. */
export function VersionChoice({ value, onChange, label = "Version", except }: Choice) {
  const { all } = useVersions();
  const offered = all.filter(({ name }) => name !== except);
  return (
    <Select
      aria-label={label}
      data={offered.map(({ name }) => name)}
      value={value ?? null}
      onChange={(name) => name !== null && onChange(name)}
      allowDeselect={false}
      searchable={offered.length > 12}
      w={220}
      maw="100%"
      comboboxProps={{ width: 300, position: "bottom-start" }}
      renderOption={({ option }) => {
        const version = offered.find(({ name }) => name === option.value);
        return (
          <Group gap="xs" wrap="nowrap" justify="space-between" w="100%">
            <span style={{ overflowWrap: "anywhere" }}>{option.value}</span>
            {version && <VersionState version={version} />}
          </Group>
        );
      }}
    />
  );
}
