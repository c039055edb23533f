import { Alert, Button, Checkbox, Group, MultiSelect, Paper, Select, Stack, Text, TextInput } from "@mantine/core";
import type { ApiKeyCreated, Scope } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { fieldFault } from "../../api/problem.ts";
import { queryOf } from "../../api/queries.ts";
import { useMember, useOrganisation } from "../../api/session.ts";
import { Page } from "../../frame/page.tsx";
import { CodeBlock } from "../../parts/copy.tsx";
import { Fault } from "../../parts/fault.tsx";
import { now } from "../../parts/now.ts";
import { useSending } from "../../parts/sending.ts";
import { Unsaved } from "../../parts/unsaved.tsx";
import { scopeWords } from "./scope-words.ts";

const ends = { "": "Never", "30": "In 30 days", "90": "In 90 days", "365": "In a year" } as const;

/** Making a key: what it is for, what it may do, where, and until when. It is shown once. */
export function NewApiKey() {
  const org = useOrganisation();
  const sending = useSending();
  const [made, setMade] = useState<ApiKeyCreated>();
  const crumbs = [{ label: "API keys", link: { to: "/o/$org/api-keys", params: { org } } }] as const;
  const create = async (body: KeyDraft) =>
    setMade((await sending.run(() => call("CreateApiKey", { params: { organisation_id: org }, body })))?.body);
  if (made)
    return (
      <Page title="Your new API key" crumbs={crumbs}>
        <ShownOnce made={made} />
      </Page>
    );
  return (
    <Page title="New API key" crumbs={crumbs}>
      <KeyForm error={sending.error} isPending={sending.isPending} onSubmit={(body) => void create(body)} />
    </Page>
  );
}

interface KeyDraft {
  readonly name: string;
  readonly scopes: Scope[];
  readonly connections?: string[];
  readonly environments?: string[];
  readonly expiresAt?: string;
}

function KeyForm({ error, isPending, onSubmit }: { error: unknown; isPending: boolean; onSubmit: (draft: KeyDraft) => void }) {
  const org = useOrganisation();
  const { scopes: mine } = useMember();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>(["gateway:call"]);
  const [days, setDays] = useState<string | null>("90");
  const [connections, setConnections] = useState<string[]>([]);
  const [environments, setEnvironments] = useState<string[]>([]);
  const found = useQuery(queryOf("ListConnectionSummaries", { params: { organisation_id: org }, query: { first: 100, sort: "name:asc" } }));
  const all = found.data?.items ?? [];
  const offered = all.filter(({ id }) => connections.includes(id));
  const submit = () =>
    onSubmit({
      name,
      scopes: scopes as Scope[],
      ...(connections.length > 0 && { connections }),
      ...(environments.length > 0 && { environments }),
      ...(days && { expiresAt: new Date(now().getTime() + Number(days) * 86_400_000).toISOString() }),
    });
  return (
    <Paper p="lg" maw={640}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Unsaved isDirty={name !== ""} />
        <Stack>
          <TextInput
            label="What is it for?"
            placeholder="Web shop"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={fieldFault(error, "name")}
            required
          />
          <Checkbox.Group label="What may it do?" value={scopes} onChange={setScopes} error={fieldFault(error, "scopes")}>
            <Stack gap={8} mt={6}>
              {Object.entries(scopeWords).map(([scope, words]) => (
                <Checkbox key={scope} value={scope} label={words} description={scope} disabled={!mine.includes(scope as Scope)} />
              ))}
            </Stack>
          </Checkbox.Group>
          <MultiSelect
            label="Only these connections"
            description="Leave it empty for all of them"
            data={all.map(({ id, name: label }) => ({ value: id, label }))}
            value={connections}
            onChange={(chosen) => {
              setConnections(chosen);
              setEnvironments([]);
            }}
            error={fieldFault(error, "connections")}
            searchable
            clearable
          />
          {offered.length > 0 && (
            <MultiSelect
              label="Only these environments"
              description="Leave it empty for all of them"
              data={offered.map((one) => ({
                group: one.name,
                items: one.environments.map(({ id, name: label }) => ({ value: id, label })),
              }))}
              value={environments}
              onChange={setEnvironments}
              error={fieldFault(error, "environments")}
              clearable
            />
          )}
          <Select
            label="When does it end?"
            data={Object.entries(ends).map(([value, label]) => ({ value, label }))}
            value={days ?? ""}
            onChange={setDays}
            allowDeselect={false}
            error={fieldFault(error, "expiresAt")}
          />
          <Fault error={error} shown={["name", "scopes", "connections", "environments", "expiresAt"]} />
          <Group>
            <Button type="submit" loading={isPending} disabled={scopes.length === 0}>
              Create the key
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}

function ShownOnce({ made: { key, name } }: { made: ApiKeyCreated }) {
  const org = useOrganisation();
  return (
    <Stack maw={760}>
      <Alert color="orange" icon={<KeyRound size={18} />} title="Shown this once">
        <Text size="sm">Mooring keeps only a hash of it. Put it where “{name}” reads its secrets, before you leave this page.</Text>
      </Alert>
      <CodeBlock title="The key" code={key} />
      <CodeBlock title="A first call" isWrapped code={`curl -H "Authorization: Bearer ${key}" ${location.origin}/o/${org}/connections`} />
      <Group>
        <Button variant="default" renderRoot={(props) => <Link {...props} to="/o/$org/api-keys" params={{ org }} />}>
          I have it
        </Button>
      </Group>
    </Stack>
  );
}
