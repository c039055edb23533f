import { SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import type { ConnectionPreset } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useRef, useState } from "react";
import { queryOf } from "../../api/queries.ts";
import { useOrganisation } from "../../api/session.ts";
import { Answered } from "../../parts/answer.tsx";
import { Mark } from "./mark.tsx";
import classes from "./new.module.css";

/** The APIs that Mooring knows, as cards that can be searched. */
export function Presets() {
  const org = useOrganisation();
  const query = useQuery({
    ...queryOf("ListConnectionPresets", { params: { organisation_id: org } }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [search, setSearch] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useHotkeys([["/", () => field.current?.focus()]]);
  return (
    <Answered query={query}>
      {({ presets }) => {
        const found = presets.filter((preset) => fits(preset, search));
        return (
          <Stack>
            <TextInput
              ref={field}
              type="search"
              maw={420}
              aria-label="Search well-known APIs"
              placeholder={`Search ${presets.length} APIs`}
              leftSection={<Search size={16} />}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
            <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="sm">
              {found.map((preset) => (
                <Card key={preset.slug} preset={preset} />
              ))}
            </SimpleGrid>
            <Text size="sm" c="dimmed" role="status">
              {found.length === 0 && "None of these. Any HTTP API works: begin with its OpenAPI file, or with nothing but its address."}
            </Text>
          </Stack>
        );
      }}
    </Answered>
  );
}

function Card({ preset: { slug, name, summary } }: { preset: ConnectionPreset }) {
  const org = useOrganisation();
  return (
    <Link to="/o/$org/connections/new/preset/$preset" params={{ org, preset: slug }} className={classes.card}>
      <Mark slug={slug} name={name} />
      <span>
        <Text span fw={600} size="sm" display="block">
          {name}
        </Text>
        <Text span size="xs" c="dimmed" className={classes.summary}>
          {summary}
        </Text>
      </span>
    </Link>
  );
}

const fits = ({ name, summary, slug }: ConnectionPreset, search: string) =>
  search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => `${name} ${slug} ${summary}`.toLowerCase().includes(word));
