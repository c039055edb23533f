import { Anchor, Badge, Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import type { ConnectionVersion } from "@mooring/contract";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Braces, Plus, Search, TriangleAlert } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { listOf } from "../../../api/queries.ts";
import { useMay } from "../../../api/session.ts";
import { Empty } from "../../../parts/empty.tsx";
import { Rows } from "../../../parts/rows.tsx";
import { useConnection } from "../connection.ts";
import { VersionChoice } from "../version-choice.tsx";
import { VersionState } from "../version-state.tsx";
import { useChosenVersion } from "../versions.ts";
import { FrozenNote } from "./frozen-note.tsx";
import { counted } from "./subscribers.tsx";

/** The definitions of a version, by name. */
export function Definitions() {
  const { version: asked } = useSearch({ from: "/signed-in/o/$org/connections/$connection/definitions" });
  const navigate = useNavigate({ from: "/o/$org/connections/$connection/definitions" });
  const version = useChosenVersion(asked);
  const choice = (
    <Group gap="sm">
      <VersionChoice value={version?.name} onChange={(name) => void navigate({ search: (before) => ({ ...before, version: name }) })} />
      {version && <VersionState version={version} />}
    </Group>
  );
  return (
    <Stack gap="md">
      <Stack gap={4} maw="68ch">
        <Title order={2}>Definitions</Title>
        <Text size="sm" c="dimmed">
          A definition is a schema: what a body looks like that goes out or comes in. Actions, triggers and other definitions refer to it by
          its name.
        </Text>
      </Stack>
      {version ? (
        <List key={version.id} version={version} choice={choice} />
      ) : (
        <>
          {choice}
          <Empty icon={Braces} title={asked === undefined ? "No version yet" : `There is no version ${asked}`}>
            Choose a version, or start a draft on the page of versions.
          </Empty>
        </>
      )}
    </Stack>
  );
}

function List({ version, choice }: { version: ConnectionVersion; choice: ReactNode }) {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const { name = "" } = useSearch({ from: "/signed-in/o/$org/connections/$connection/definitions" });
  const mayWrite = useMay()("connections:write");
  const params = { organisation_id: org, connection_id: connection, version: version.name };
  const query = useInfiniteQuery(listOf("GetDefinitions", { params, query: name === "" ? {} : { name } }));
  const isDraft = version.publishedAt === null;
  // Where there are none, the button stands in the middle of the page.
  const isBare = name === "" && query.data?.pages[0]?.totalCount === 0;
  const create = mayWrite && isDraft && (
    <Button
      leftSection={<Plus size={16} />}
      renderRoot={(props) => (
        <Link
          {...props}
          to="/o/$org/connections/$connection/definitions/new"
          params={{ org, connection }}
          search={{ version: version.name }}
        />
      )}
    >
      New definition
    </Button>
  );
  return (
    <>
      <Group justify="space-between">
        {choice}
        <Group gap="sm">
          <Filter />
          {!isBare && create}
        </Group>
      </Group>
      {!isDraft && mayWrite && <FrozenNote version={version.name} />}
      <Rows
        label="Definitions"
        query={query}
        rowsOf={(page) => page.definitions}
        keyOf={({ id }) => id}
        count={(total) => counted(total, "definition")}
        empty={<Nothing name={name} create={isDraft && create} />}
        columns={[
          {
            title: "Name",
            width: "minmax(0, 2fr)",
            render: (one) => (
              <Group gap="xs">
                <Anchor
                  size="sm"
                  fw={550}
                  renderRoot={(props) => (
                    <Link
                      {...props}
                      to="/o/$org/connections/$connection/definitions/$version/$definition"
                      params={{ org, connection, version: version.name, definition: one.name }}
                    />
                  )}
                >
                  {one.name}
                </Anchor>
                {one.errors && (
                  <Badge color="red" leftSection={<TriangleAlert size={12} aria-hidden />}>
                    {counted(one.errors.length, "fault")}
                  </Badge>
                )}
              </Group>
            ),
          },
          { title: "Describes", width: "minmax(0, 2fr)", render: ({ accept }) => <Text size="sm">{accept.join(", ")}</Text> },
          {
            title: "Used by",
            width: "120px",
            render: ({ referencedBy = [] }) =>
              referencedBy.length === 0 ? (
                <Text size="sm" c="dimmed">
                  nothing
                </Text>
              ) : (
                // In a list the first hundred are told.
                `${referencedBy.length}${referencedBy.length >= 100 ? " or more" : ""}`
              ),
          },
        ]}
      />
    </>
  );
}

function Nothing({ name, create }: { name: string; create: ReactNode }) {
  const { protocol } = useConnection();
  if (name !== "")
    return (
      <Empty icon={Search} title="Nothing found">
        No definition of this version has <b>{name}</b> in its name.
      </Empty>
    );
  return (
    <Empty icon={Braces} title="No definitions" action={create}>
      This version has none.{" "}
      {protocol === "http" ? "They come with an imported OpenAPI file" : "A dry run of an action makes one of its rows"}, or they are added
      to a draft one by one.
    </Empty>
  );
}

/** The search, which is in the address too, a moment after the last key. */
function Filter() {
  const { name = "" } = useSearch({ from: "/signed-in/o/$org/connections/$connection/definitions" });
  const navigate = useNavigate({ from: "/o/$org/connections/$connection/definitions" });
  const [typed, setTyped] = useState(name);
  const sent = useRef(name);
  useEffect(() => {
    // The address changed by itself: the way back, or a link.
    if (name !== sent.current) setTyped(name);
    sent.current = name;
  }, [name]);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (typed === sent.current) return;
      sent.current = typed;
      void navigate({ search: (before) => ({ ...before, name: typed || undefined }), replace: true });
    }, 150);
    return () => clearTimeout(timer);
  }, [typed, navigate]);
  return (
    <TextInput
      type="search"
      aria-label="Search definitions by name"
      placeholder="Search by name"
      leftSection={<Search size={16} />}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      w={240}
      maw="100%"
    />
  );
}
