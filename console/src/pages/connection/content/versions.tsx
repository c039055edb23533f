import { Anchor, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Layers, Plus } from "lucide-react";
import { useState } from "react";
import { listOf } from "../../../api/queries.ts";
import { useMay } from "../../../api/session.ts";
import { Empty } from "../../../parts/empty.tsx";
import { Rows } from "../../../parts/rows.tsx";
import { Ago } from "../../../parts/time.tsx";
import { VersionState } from "../version-state.tsx";
import { NewVersion } from "./new-version.tsx";
import { counted } from "./subscribers.tsx";
import { type Asked, VersionDialogs } from "./version-dialogs.tsx";
import { VersionMenu } from "./version-menu.tsx";

/** Drafts and published versions of a connection, and what can be done with each. */
export function Versions() {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const may = useMay();
  const navigate = useNavigate();
  const [isNew, setNew] = useState(false);
  const [asked, setAsked] = useState<Asked>();
  const query = useInfiniteQuery(listOf("ListConnectionVersions", { params: { organisation_id: org, connection_id: connection } }));
  const open = (version: string) =>
    void navigate({ to: "/o/$org/connections/$connection/versions/$version", params: { org, connection, version } });
  const create = may("connections:write") && (
    <Button leftSection={<Plus size={16} />} onClick={() => setNew(true)}>
      New draft
    </Button>
  );
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start">
        <Stack gap={4} maw="68ch">
          <Title order={2}>Versions</Title>
          <Text size="sm" c="dimmed">
            A version is what can be done with this connection: its actions, triggers and definitions. Work goes on in a draft; publishing
            freezes it. Whoever names no version gets the one marked <b>default</b>.
          </Text>
        </Stack>
        {create}
      </Group>
      <Rows
        label="Versions"
        query={query}
        rowsOf={(page) => page.items}
        keyOf={({ id }) => id}
        count={(total) => counted(total, "version")}
        empty={
          <Empty icon={Layers} title="No versions" action={create}>
            Without a version there is nothing to call. Start a draft and add what the outside system can do.
          </Empty>
        }
        columns={[
          {
            title: "Name",
            render: ({ name, description }) => (
              <>
                <Anchor
                  fw={550}
                  size="sm"
                  renderRoot={(props) => (
                    <Link {...props} to="/o/$org/connections/$connection/versions/$version" params={{ org, connection, version: name }} />
                  )}
                >
                  {name}
                </Anchor>
                {description && (
                  <Text size="xs" c="dimmed" lineClamp={1}>
                    {description}
                  </Text>
                )}
              </>
            ),
          },
          { title: "State", render: (version) => <VersionState version={version} /> },
          {
            title: "Published",
            width: "130px",
            render: ({ publishedAt }) =>
              publishedAt === null ? (
                <Text span inherit c="dimmed">
                  not yet
                </Text>
              ) : (
                <Ago at={publishedAt} />
              ),
          },
          { title: "Changed", width: "130px", render: ({ updatedAt }) => <Ago at={updatedAt} /> },
          {
            title: "More",
            isControl: true,
            width: "40px",
            render: (version) => <VersionMenu version={version} onAsk={(question) => setAsked({ question, version })} />,
          },
        ]}
      />
      <NewVersion isOpen={isNew} onClose={() => setNew(false)} onCreated={open} />
      <VersionDialogs asked={asked} onClose={() => setAsked(undefined)} onOpen={open} />
    </Stack>
  );
}
