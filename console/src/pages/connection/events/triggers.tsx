import { Anchor, Badge, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Plus, Webhook } from "lucide-react";
import { listOf } from "../../../api/queries.ts";
import { useMay, useOrganisation } from "../../../api/session.ts";
import { Empty } from "../../../parts/empty.tsx";
import { Rows } from "../../../parts/rows.tsx";
import { useConnection } from "../connection.ts";
import { VersionChoice } from "../version-choice.tsx";
import { useChosenVersion } from "../versions.ts";
import { Ways } from "./ways.tsx";

/** The ways in that a version has. */
export function Triggers() {
  const org = useOrganisation();
  const may = useMay();
  const { id } = useConnection();
  const { version: asked } = useSearch({ from: "/signed-in/o/$org/connections/$connection/triggers" });
  const navigate = useNavigate({ from: "/o/$org/connections/$connection/triggers" });
  const version = useChosenVersion(asked);
  const name = version?.name ?? "";
  const query = useInfiniteQuery({
    ...listOf("GetTriggers", { params: { organisation_id: org, connection_id: id, version: name } }),
    enabled: version !== undefined,
  });
  const isDraft = version?.publishedAt === null;
  const create = may("connections:write") && isDraft && (
    <Button
      leftSection={<Plus size={16} />}
      renderRoot={(props) => (
        <Link {...props} to="/o/$org/connections/$connection/triggers/new" params={{ org, connection: id }} search={{ version: name }} />
      )}
    >
      New trigger
    </Button>
  );
  return (
    <Stack>
      <Group justify="space-between">
        <Group>
          <Title order={2}>Triggers</Title>
          <VersionChoice value={version?.name} onChange={(chosen) => void navigate({ search: { version: chosen } })} />
        </Group>
        {create}
      </Group>
      <Ways />
      <Rows
        label="Triggers"
        query={query}
        rowsOf={({ triggers }) => triggers}
        keyOf={({ name: one }) => one}
        count={(total) => (total === 1 ? "1 trigger" : `${total} triggers`)}
        empty={
          <Empty icon={Webhook} title="No way in yet" action={create}>
            A trigger is a webhook that the outside system may call: Mooring checks who calls, keeps what came, and gives it to whoever
            wants it.{!isDraft && " A published version cannot change: make a draft of it to add one."}
          </Empty>
        }
        columns={[
          {
            title: "Name",
            render: (trigger) => (
              <Anchor
                size="sm"
                fw={550}
                renderRoot={(props) => (
                  <Link
                    {...props}
                    to="/o/$org/connections/$connection/triggers/$version/$trigger"
                    params={{ org, connection: id, version: name, trigger: trigger.name }}
                  />
                )}
              >
                {trigger.name}
              </Anchor>
            ),
          },
          { title: "Method", width: "90px", render: ({ method }) => <Badge color="gray">{method}</Badge> },
          { title: "What it tells", width: "minmax(0, 2fr)", render: ({ summary }) => <Text size="sm">{summary ?? "—"}</Text> },
          {
            title: "State",
            width: "130px",
            render: ({ errors, strict }) =>
              errors?.length ? <Badge color="red">{errors.length} to mend</Badge> : <Text size="sm">{strict ? "strict" : "in order"}</Text>,
          },
        ]}
      />
    </Stack>
  );
}
