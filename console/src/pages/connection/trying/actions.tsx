import { Anchor, Badge, Button, Code, Group, NativeSelect, Stack, Text, TextInput, Title, VisuallyHidden } from "@mantine/core";
import type { Action } from "@mooring/contract";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Plus, Search, SquareFunction, Terminal, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { listOf } from "../../../api/queries.ts";
import { useMay, useOrganisation } from "../../../api/session.ts";
import { useTitle } from "../../../frame/page.tsx";
import { Empty } from "../../../parts/empty.tsx";
import { type Column, Rows } from "../../../parts/rows.tsx";
import { useConnection } from "../connection.ts";
import { Method, shownPath } from "./method.tsx";
import { NewAction } from "./new-action.tsx";
import { useVersions, versionWords } from "./version-choice.ts";

/** The actions of a version: which version, and what is searched for, is in the address. */
export function Actions() {
  const org = useOrganisation();
  const connection = useConnection();
  const may = useMay();
  const versions = useVersions();
  const navigate = useNavigate();
  const search = useSearch({ from: "/signed-in/o/$org/connections/$connection/actions" });
  const [isMaking, setMaking] = useState(false);
  const version = versions.find(({ name }) => name === search.version) ?? versions[0];
  useTitle(`Actions · ${connection.name}`);
  const query = useInfiniteQuery({
    ...listOf("GetActions", {
      params: { organisation_id: org, connection_id: connection.id, version: version?.name ?? "" },
      query: search.name ? { name: search.name } : {},
    }),
    enabled: version !== undefined,
  });
  const isDraft = version?.publishedAt === null;
  const create = isDraft && may("connections:write") && (
    <Button leftSection={<Plus size={16} />} onClick={() => setMaking(true)}>
      New action
    </Button>
  );
  const callAny = connection.protocol === "http" && may("gateway:call") && (
    <Button
      variant="default"
      leftSection={<Terminal size={16} />}
      renderRoot={(props) => <Link {...props} to="/o/$org/connections/$connection/call" params={{ org, connection: connection.id }} />}
    >
      Call any path
    </Button>
  );
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="sm">
        <Title order={2}>Actions</Title>
        <Group gap="xs">
          {callAny}
          {create}
        </Group>
      </Group>
      {version && (
        <Group gap="sm" align="end">
          <TextInput
            aria-label="Search by name"
            placeholder="Search by name"
            leftSection={<Search size={16} />}
            style={{ flex: "1 1 220px" }}
            defaultValue={search.name ?? ""}
            onChange={(event) => {
              const name = event.currentTarget.value || undefined;
              void navigate({ to: ".", search: (before) => ({ ...before, name }), replace: true, resetScroll: false });
            }}
          />
          <NativeSelect
            aria-label="Version"
            value={version.name}
            data={versions.map((one) => ({ value: one.name, label: versionWords(one) }))}
            onChange={(event) => {
              const name = event.currentTarget.value;
              void navigate({ to: ".", search: (before) => ({ ...before, version: name }), resetScroll: false });
            }}
          />
        </Group>
      )}
      {version ? (
        <Rows
          label="Actions"
          query={query}
          rowsOf={(page) => page.actions}
          keyOf={({ id }) => id}
          count={(total) => `${total.toLocaleString("en")} ${total === 1 ? "action" : "actions"}`}
          empty={
            search.name ? (
              <Empty icon={Search} title="No action of that name">
                None in version {version.name} has “{search.name}” in its name.
              </Empty>
            ) : (
              <Empty icon={SquareFunction} title="No actions yet" action={create || callAny}>
                {isDraft
                  ? "An action is one operation of the outside system, with a form to try it. Add one, or import the system's OpenAPI file as a new connection."
                  : "This version has none. Start a draft to add some; until then any path can be called."}
              </Empty>
            )
          }
          columns={columnsOf(version.name, search.name, may("gateway:call"))}
        />
      ) : (
        <Empty icon={SquareFunction} title="No version yet" action={callAny}>
          Actions belong to a version. Start a draft on the tab Versions; until then any path can be called.
        </Empty>
      )}
      {version && isMaking && <NewAction version={version.name} onClose={() => setMaking(false)} />}
    </Stack>
  );
}

function columnsOf(version: string, sought: string | undefined, mayTry: boolean): Column<Action>[] {
  const columns: Column<Action>[] = [
    { title: "Name", width: "minmax(0, 1.3fr)", render: (action) => <Name action={action} version={version} sought={sought} /> },
    {
      title: "Request",
      width: "minmax(0, 1.5fr)",
      render: (action) => (
        <Group gap="sm" wrap="nowrap" miw={0}>
          <Method method={action.type === "http" ? action.method : "SQL"} />
          <Code style={{ overflowWrap: "anywhere" }}>
            {action.type === "http" ? shownPath(action.path) : (action.query.split("\n")[0] ?? "")}
          </Code>
        </Group>
      ),
    },
  ];
  return mayTry
    ? [...columns, { title: "Try", isControl: true, width: "72px", render: (action) => <TryLink action={action} version={version} /> }]
    : columns;
}

function TryLink({ action, version }: { action: Action; version: string }) {
  const org = useOrganisation();
  const { id } = useConnection();
  const params = { org, connection: id, version, action: action.name };
  return (
    <Button
      size="compact-sm"
      variant="light"
      renderRoot={(props) => (
        <Link {...props} to="/o/$org/connections/$connection/actions/$version/$action" params={params} search={{ try: true }} />
      )}
    >
      Try it<VisuallyHidden> {action.name}</VisuallyHidden>
    </Button>
  );
}

function Name({ action, version, sought }: { action: Action; version: string; sought: string | undefined }) {
  const org = useOrganisation();
  const { id } = useConnection();
  const wrong = action.errors?.filter(({ severity }) => severity === "error").length ?? 0;
  return (
    <div>
      <Group gap={6} wrap="nowrap">
        <Anchor
          fw={550}
          size="sm"
          renderRoot={(props) => (
            <Link
              {...props}
              to="/o/$org/connections/$connection/actions/$version/$action"
              params={{ org, connection: id, version, action: action.name }}
            />
          )}
        >
          <Marked text={action.name} sought={sought} />
        </Anchor>
        {wrong > 0 && (
          <Badge color="red" leftSection={<TriangleAlert size={12} />}>
            {wrong === 1 ? "1 fault" : `${wrong} faults`}
          </Badge>
        )}
      </Group>
      {action.summary && (
        <Text size="xs" c="dimmed" lineClamp={2}>
          {action.summary}
        </Text>
      )}
    </div>
  );
}

/** A text with what was searched for made bold. */
function Marked({ text, sought }: { text: string; sought: string | undefined }) {
  const at = sought ? text.toLowerCase().indexOf(sought.toLowerCase()) : -1;
  if (!sought || at === -1) return text;
  return (
    <>
      {text.slice(0, at)}
      <b>{text.slice(at, at + sought.length)}</b>
      {text.slice(at + sought.length)}
    </>
  );
}
