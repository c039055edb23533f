import { Badge, Button, Code, Group, Text } from "@mantine/core";
import type { ApiKey } from "@mooring/contract";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { listOf, useChange } from "../../api/queries.ts";
import { useMay, useOrganisation } from "../../api/session.ts";
import { Page } from "../../frame/page.tsx";
import { ConfirmByName } from "../../parts/confirm-by-name.tsx";
import { Empty } from "../../parts/empty.tsx";
import { useNow } from "../../parts/now.ts";
import { Rows } from "../../parts/rows.tsx";
import { Ago, Moment } from "../../parts/time.tsx";

/** Keys for programs: what each may do, when it was last used, and its end. */
export function ApiKeys() {
  const org = useOrganisation();
  const isAdmin = useMay()("organisation:admin");
  const query = useInfiniteQuery({ ...listOf("ListApiKeys", { params: { organisation_id: org } }), enabled: isAdmin });
  const [leaving, setLeaving] = useState<ApiKey>();
  if (!isAdmin)
    return (
      <Page title="API keys">
        <Empty icon={KeyRound} title="For owners and admins">
          Keys are made by those who answer for the organisation. Ask one of them.
        </Empty>
      </Page>
    );
  const create = (
    <Button leftSection={<Plus size={16} />} renderRoot={(props) => <Link {...props} to="/o/$org/api-keys/new" params={{ org }} />}>
      New API key
    </Button>
  );
  return (
    <Page
      title="API keys"
      about="With a key, a program calls Mooring. Give each program its own, with no more than it needs."
      actions={create}
    >
      <Rows
        label="API keys"
        query={query}
        rowsOf={({ items }) => items}
        keyOf={({ id }) => id}
        count={(total) => (total === 1 ? "1 key" : `${total} keys`)}
        empty={
          <Empty icon={KeyRound} title="No keys yet">
            A program that calls Mooring needs one.
          </Empty>
        }
        columns={[
          { title: "Name", render: (key) => <Name apiKey={key} /> },
          { title: "May", render: (key) => <Grant apiKey={key} /> },
          { title: "Last used", width: "120px", render: ({ lastUsedAt }) => <Ago at={lastUsedAt} /> },
          { title: "Ends", width: "150px", render: (key) => <End apiKey={key} /> },
          {
            title: "Revoke",
            isControl: true,
            width: "90px",
            render: (key) => (
              <Button size="compact-sm" variant="subtle" color="red" onClick={() => setLeaving(key)} aria-label={`Revoke ${key.name}`}>
                Revoke
              </Button>
            ),
          },
        ]}
      />
      {leaving && <Revoke apiKey={leaving} onClose={() => setLeaving(undefined)} />}
    </Page>
  );
}

function Name({ apiKey: { name, prefix } }: { apiKey: ApiKey }) {
  return (
    <>
      <Text size="sm" fw={550}>
        {name}
      </Text>
      <Code>{prefix}…</Code>
    </>
  );
}

function Grant({ apiKey: { scopes, connections, environments } }: { apiKey: ApiKey }) {
  const limits = [
    connections && `only ${connections.length} ${connections.length === 1 ? "connection" : "connections"}`,
    environments && `only ${environments.length} ${environments.length === 1 ? "environment" : "environments"}`,
  ].filter(Boolean);
  return (
    <Group gap={4}>
      {scopes.map((scope) => (
        <Badge key={scope} color="gray">
          {scope}
        </Badge>
      ))}
      {limits.length > 0 && <Badge color="harbour">{limits.join(", ")}</Badge>}
    </Group>
  );
}

function End({ apiKey: { expiresAt } }: { apiKey: ApiKey }) {
  const present = useNow();
  if (expiresAt === undefined) return <span>never</span>;
  if (new Date(expiresAt) <= present) return <Badge color="red">ended</Badge>;
  return <Moment at={expiresAt} />;
}

function Revoke({ apiKey: { id, name, lastUsedAt }, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const org = useOrganisation();
  const revoke = useChange("DeleteApiKey");
  const confirm = () => revoke.mutate({ params: { organisation_id: org, api_key_id: id } }, { onSuccess: onClose });
  return (
    <ConfirmByName
      title="Revoke the API key"
      name={name}
      verb="Revoke"
      isOpen
      isPending={revoke.isPending}
      error={revoke.error}
      onClose={onClose}
      onConfirm={confirm}
    >
      <Text size="sm">
        Whatever calls with this key is refused within a second, on every node. It was last used <Ago at={lastUsedAt} />. There is no way
        back.
      </Text>
    </ConfirmByName>
  );
}
