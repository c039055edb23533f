import { Anchor, Badge, Breadcrumbs, Button, Group, Stack, Text, Title } from "@mantine/core";
import type { Action } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { queryOf, taggedQueryOf } from "../../../api/queries.ts";
import { useMay, useOrganisation } from "../../../api/session.ts";
import { useTitle } from "../../../frame/page.tsx";
import { Answered, Waiting } from "../../../parts/answer.tsx";
import { useConnection } from "../connection.ts";
import frame from "../frame.module.css";
import { AboutAction } from "./about-action.tsx";
import { DeleteAction } from "./delete-action.tsx";
import { Method, shownPath } from "./method.tsx";

const TryAction = lazy(async () => ({ default: (await import("./try/try.tsx")).TryAction }));
const EditAction = lazy(async () => ({ default: (await import("./edit/edit.tsx")).EditAction }));

const from = "/signed-in/o/$org/connections/$connection/actions/$version/$action";

/** One action: what it does, trying it, and in a draft changing it. */
export function OneAction() {
  const { org, connection, version, action } = useParams({ from });
  const params = { organisation_id: org, connection_id: connection, version, action_name: action };
  const query = useQuery(taggedQueryOf("GetAction", { params }));
  return <Answered query={query}>{({ body, etag }) => <Sheet key={body.id} action={body} etag={etag} version={version} />}</Answered>;
}

function Sheet({ action, etag, version }: { action: Action; etag: string | undefined; version: string }) {
  const org = useOrganisation();
  const connection = useConnection();
  const search = useSearch({ from });
  const may = useMay();
  const [isDeleting, setDeleting] = useState(false);
  const isDraft = useIsDraft(version);
  const mayEdit = isDraft && may("connections:write");
  const mayTry = may("gateway:call");
  const here = search.try && mayTry ? "try" : search.edit && mayEdit ? "edit" : "about";
  useTitle(`${action.name} · ${connection.name}`);
  return (
    <Stack gap="md">
      <Breadcrumbs separatorMargin={6} aria-label="Way back to the actions">
        <Anchor
          size="sm"
          renderRoot={(props) => (
            <Link
              {...props}
              to="/o/$org/connections/$connection/actions"
              params={{ org, connection: connection.id }}
              search={{ version }}
            />
          )}
        >
          Actions
        </Anchor>
        <Text size="sm" c="dimmed">
          Version {version}
        </Text>
      </Breadcrumbs>
      <Group justify="space-between" gap="sm" align="start">
        <Stack gap={6} miw={0}>
          <Group gap="sm">
            <Title order={2} style={{ overflowWrap: "anywhere" }}>
              {action.name}
            </Title>
            {isDraft && <Badge color="gray">draft</Badge>}
          </Group>
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Method method={action.type === "http" ? action.method : "SQL"} />
            {action.type === "http" && (
              <Text ff="monospace" size="sm" style={{ overflowWrap: "anywhere" }}>
                {shownPath(action.path)}
              </Text>
            )}
          </Group>
          {action.summary && <Text size="sm">{action.summary}</Text>}
        </Stack>
        {mayEdit && (
          <Button variant="subtle" color="red" leftSection={<Trash2 size={16} />} onClick={() => setDeleting(true)}>
            Delete
          </Button>
        )}
      </Group>
      <nav aria-label="Parts of the action" className={frame.parts}>
        <Part label="What it does" search={{}} />
        {mayTry && <Part label="Try it" search={{ try: true }} />}
        {mayEdit && <Part label="Edit" search={{ edit: true }} />}
      </nav>
      <Suspense fallback={<Waiting lines={6} />}>
        {here === "about" && <AboutAction action={action} version={version} isDraft={isDraft} />}
        {here === "try" && <TryAction action={action} version={version} />}
        {here === "edit" && <EditAction action={action} etag={etag} version={version} />}
      </Suspense>
      {isDeleting && <DeleteAction action={action} version={version} onClose={() => setDeleting(false)} />}
    </Stack>
  );
}

/** Each part has an address; that of the page that is open is current. */
function Part({ label, search }: { label: string; search: { try?: true; edit?: true } }) {
  const params = useParams({ from });
  const { environment } = useSearch({ from });
  return (
    <Link
      to="/o/$org/connections/$connection/actions/$version/$action"
      params={params}
      search={{ ...search, ...(environment && { environment }) }}
      activeOptions={{ exact: true, includeSearch: true }}
      className={frame.part}
    >
      {label}
    </Link>
  );
}

/** Whether the version, by its name or as `latest` or `default`, can still change. */
function useIsDraft(version: string): boolean {
  const org = useOrganisation();
  const { id } = useConnection();
  const query = useQuery(queryOf("GetConnectionVersion", { params: { organisation_id: org, connection_id: id, version } }));
  return query.data?.publishedAt === null;
}
