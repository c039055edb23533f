import { ownEvents } from "virtual:contract";
import { Button, Group, MultiSelect, Radio, Select, Stack, Switch, TextInput } from "@mantine/core";
import type { OwnEvent, SubscriptionCreate } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { fieldFault } from "../../../api/problem.ts";
import { queryOf } from "../../../api/queries.ts";
import { useOrganisation } from "../../../api/session.ts";
import { Fault } from "../../../parts/fault.tsx";
import { JsonEditor } from "../../../parts/json-editor.tsx";
import { Unsaved } from "../../../parts/unsaved.tsx";
import { useConnection } from "../connection.ts";
import { useChosenVersion, useVersions } from "../versions.ts";

interface Form {
  readonly initial: SubscriptionCreate;
  readonly verb: string;
  readonly error: unknown;
  readonly isPending: boolean;
  readonly onSubmit: (subscription: SubscriptionCreate) => void;
  readonly onCancel: () => void;
}

const shown = ["name", "version", "environment", "trigger", "destination.url"];

/** What a subscription uses, and which events it gets and how. */
export function SubscriptionForm({ initial, verb, error, isPending, onSubmit, onCancel }: Form) {
  const org = useOrganisation();
  const { id, environments } = useConnection();
  const published = useVersions().all.filter(({ publishedAt }) => publishedAt !== null);
  const [draft, setDraft] = useState(initial);
  const [filter, setFilter] = useState(initial.filter ? JSON.stringify(initial.filter, undefined, 2) : "");
  const [isSent, setSent] = useState(initial.destination !== undefined);
  const version = useChosenVersion(draft.version)?.name ?? "";
  const triggers = useQuery({
    ...queryOf("GetTriggers", { params: { organisation_id: org, connection_id: id, version }, query: { first: 100 } }),
    enabled: version !== "",
  });
  const filters = parse(filter);
  const change = (changes: { [Name in keyof SubscriptionCreate]?: SubscriptionCreate[Name] | undefined }) =>
    setDraft((before) => kept({ ...before, ...changes }));
  const submit = () => {
    const { destination, filter: _filter, ...rest } = draft;
    onSubmit({
      ...rest,
      ...(isSent && { destination: destination ?? { url: "" } }),
      ...(filters && { filter: filters }),
    } as SubscriptionCreate);
  };
  const isDirty = JSON.stringify(draft) !== JSON.stringify(initial);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Unsaved isDirty={isDirty && !isPending} />
      <Stack>
        <TextInput
          label="Name"
          placeholder="Fulfilment"
          value={draft.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
          error={fieldFault(error, "name")}
          required
        />
        <Group grow align="flex-start" preventGrowOverflow={false}>
          <Select
            label="Version it uses"
            data={[{ value: "", label: "Whichever is the default" }, ...published.map(({ name }) => ({ value: name, label: name }))]}
            value={draft.version ?? ""}
            onChange={(value) => change({ version: value || undefined })}
            error={fieldFault(error, "version")}
            allowDeselect={false}
          />
          <Select
            label="Environment it uses"
            data={[{ value: "", label: "All of them" }, ...environments.map((one) => ({ value: one.id, label: one.name }))]}
            value={draft.environment ?? ""}
            onChange={(value) => change({ environment: value || undefined })}
            error={fieldFault(error, "environment")}
            allowDeselect={false}
          />
          <Select
            label="Events of"
            data={[
              { value: "", label: "Every trigger" },
              ...[...new Set([...(triggers.data?.triggers.map(({ name }) => name) ?? []), ...(draft.trigger ? [draft.trigger] : [])])].map(
                (name) => ({ value: name, label: name }),
              ),
            ]}
            value={draft.trigger ?? ""}
            onChange={(value) => change({ trigger: value || undefined })}
            error={fieldFault(error, "trigger")}
            allowDeselect={false}
          />
        </Group>
        <Radio.Group label="How it gets events" value={isSent ? "sent" : "read"} onChange={(value) => setSent(value === "sent")}>
          <Stack gap={8} mt={6}>
            <Radio value="sent" label="They are sent to an address" description="Signed, and again until they are taken" />
            <Radio
              value="read"
              label="It reads them"
              description="At its own pace, over the API; or it only says that it uses the connection"
            />
          </Stack>
        </Radio.Group>
        {isSent && (
          <TextInput
            label="Address"
            placeholder="https://orders.example.com/hooks"
            value={draft.destination?.url ?? ""}
            onChange={(event) => change({ destination: { url: event.currentTarget.value } })}
            error={fieldFault(error, "destination.url")}
            required
          />
        )}
        <MultiSelect
          label="Also what happens within Mooring"
          placeholder="Nothing"
          data={[...ownEvents]}
          value={[...(draft.ownEvents ?? [])]}
          onChange={(chosen) => change({ ownEvents: chosen.length > 0 ? (chosen as OwnEvent[]) : undefined })}
          clearable
          searchable
        />
        {draft.ownEvents && (
          <Switch
            label="Only that, and no trigger's events"
            checked={draft.ownEventsOnly ?? false}
            onChange={(event) => change({ ownEventsOnly: event.currentTarget.checked || undefined })}
          />
        )}
        <JsonEditor
          label="Only events whose body fits"
          description='A list of comparisons, as in [{ "pointer": "/state", "is": "equals", "value": "sent" }]; empty: all of them'
          value={filter}
          onChange={setFilter}
          error={filter.trim() !== "" && !filters ? "This is no list in JSON yet." : undefined}
          heightMin={60}
        />
        <Fault error={error} shown={shown} />
        <Group>
          <Button type="submit" loading={isPending} disabled={filter.trim() !== "" && !filters}>
            {verb}
          </Button>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const kept = (draft: object) => Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined)) as SubscriptionCreate;

function parse(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
