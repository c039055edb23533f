import { CloseButton, Group, Kbd, SegmentedControl, Select, TextInput } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { type ConnectionSearch, healths, sorts } from "./search.ts";

/** Long enough to let a burst of keys be one question, and too short to be noticed. */
const pauseMs = 20;

/** What narrows the list. Typing shows what fits at once; `/` goes to the search from anywhere on the page. */
export function Filters({ search, onChange }: { search: ConnectionSearch; onChange: (search: ConnectionSearch) => void }) {
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(search.search ?? "");
  const current = useRef({ search, onChange });
  current.current = { search, onChange };
  useEffect(() => {
    if (typed === (current.current.search.search ?? "")) return;
    const timer = setTimeout(() => current.current.onChange({ ...current.current.search, search: typed || undefined }), pauseMs);
    return () => clearTimeout(timer);
  }, [typed]);
  // Back, or a link to the whole list: the field follows the address, but not while somebody types.
  useEffect(() => {
    if (document.activeElement !== field.current) setTyped(search.search ?? "");
  }, [search.search]);
  useHotkeys([["/", () => field.current?.select()]]);
  const clear = () => {
    setTyped("");
    field.current?.focus();
  };
  return (
    <Group gap="sm" align="flex-end">
      <TextInput
        ref={field}
        type="search"
        aria-label="Search connections by name or address"
        placeholder="Search by name or address"
        flex="1 1 260px"
        maxLength={200}
        leftSection={<Search size={16} />}
        rightSection={typed === "" ? <Kbd size="xs">/</Kbd> : <CloseButton aria-label="Clear the search" onClick={clear} />}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") setTyped("");
          if (event.key === "ArrowDown") document.querySelector<HTMLElement>("[role=table] a")?.focus();
        }}
      />
      <SegmentedControl
        aria-label="Protocol"
        value={search.protocol ?? ""}
        data={[
          { value: "", label: "All" },
          { value: "http", label: "HTTP" },
          { value: "bigquery", label: "BigQuery" },
        ]}
        onChange={(value) => onChange({ ...search, protocol: (value || undefined) as ConnectionSearch["protocol"] })}
      />
      <Select
        aria-label="Health"
        placeholder="Any health"
        w={160}
        clearable
        data={[...healths]}
        value={search.health ?? null}
        onChange={(value) => onChange({ ...search, health: (value ?? undefined) as ConnectionSearch["health"] })}
      />
      <Select
        aria-label="Sort by"
        w={160}
        allowDeselect={false}
        data={[...sorts]}
        value={search.sort ?? sorts[0].value}
        onChange={(value) => onChange({ ...search, sort: value === sorts[0].value ? undefined : (value as ConnectionSearch["sort"]) })}
      />
    </Group>
  );
}
