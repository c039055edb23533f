import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { Connection, Environment, EnvironmentCredential, EnvironmentUpdate } from "@mooring/contract";
import { Plus } from "lucide-react";
import { useState } from "react";
import type { Answer } from "../../../api/client.ts";
import { useMay, useOrganisation } from "../../../api/session.ts";
import { Fault } from "../../../parts/fault.tsx";
import { SortableList } from "../../../parts/sortable.tsx";
import { AddCredential } from "./add-credential.tsx";
import { CredentialEntry } from "./credential-entry.tsx";
import { EditScheme } from "./edit-scheme.tsx";
import { entryOf } from "./entry.ts";
import type { Purpose } from "./entry-dialog.ts";
import { useEnvironmentGuard } from "./guards.ts";
import type { UseHealth } from "./health.ts";
import { TestCall } from "./test-call.tsx";
import { Unlink } from "./unlink.tsx";

interface Listed {
  readonly purpose: Purpose;
  readonly answer: Answer<Environment>;
  readonly connection: Connection;
  readonly health: readonly UseHealth[] | undefined;
  readonly onSaved: (answer: Answer<Environment>) => void;
}

const words = {
  action: {
    title: "Credentials for calls",
    about: "They are put on every call that goes out, in this order. Signatures come last, so that they cover all the others.",
    empty: "Calls go out without any proof of who calls.",
    add: "Add a credential for calls",
  },
  trigger: {
    title: "Credentials for what comes in",
    about: "A webhook has to pass all of them. They are checked in this order.",
    empty: "Nothing is let in: without a credential here, every webhook is refused. To let anybody send, add the scheme “No proof”.",
    add: "Add a credential for webhooks",
  },
} as const satisfies Record<Purpose, object>;

type Asked = { readonly what: "add" } | { readonly what: "edit" | "unlink" | "test"; readonly id: string };

/** The credentials of an environment for one purpose, in the order in which they are applied. Each change is saved at once. */
export function CredentialList({ purpose, answer, connection, health, onSaved }: Listed) {
  const may = useMay();
  const guard = useEnvironmentGuard(useOrganisation(), connection.id, answer.body.id);
  const [asked, setAsked] = useState<Asked>();
  const environment = answer.body;
  const entries = environment.credentials[purpose];
  const chosen = asked && "id" in asked ? entries.find(({ id }) => id === asked.id) : undefined;
  const { title, about, empty, add } = words[purpose];
  const close = () => setAsked(undefined);
  const context = { purpose, answer, connection, onSaved, onClose: close };

  return (
    <Stack gap="sm" component="section">
      <Group justify="space-between" align="start">
        <div style={{ flex: "1 1 300px" }}>
          <Title order={3}>{title}</Title>
          <Text size="sm" c="dimmed">
            {about}
          </Text>
        </div>
        {may("connections:write") && (
          <Button size="xs" variant="light" leftSection={<Plus size={14} />} onClick={() => setAsked({ what: "add" })} aria-label={add}>
            Add a credential
          </Button>
        )}
      </Group>
      <Fault error={guard.error} />
      {guard.conflict}
      {entries.length === 0 ? (
        <Paper p="md">
          <Text size="sm" c="dimmed">
            {empty}
          </Text>
        </Paper>
      ) : (
        <SortableList
          label={`${title}, in their order`}
          items={entries}
          keyOf={({ id }) => id}
          nameOf={({ credential }) => credential.name}
          onMove={may("connections:write") ? (moved) => reorder(moved.map(({ id }) => id)) : undefined}
          render={(entry, place) => (
            <CredentialEntry
              entry={entry}
              place={place}
              purpose={purpose}
              connection={connection}
              environment={environment.id}
              health={health?.find(({ id }) => id === entry.id)}
              onAsk={(what) => setAsked({ what, id: entry.id })}
            />
          )}
        />
      )}
      {asked?.what === "add" && <AddCredential {...context} />}
      {asked?.what === "edit" && chosen && <EditScheme {...context} entry={chosen} />}
      {asked?.what === "unlink" && chosen && <Unlink {...context} entry={chosen} />}
      {asked?.what === "test" && chosen && <TestCall connection={connection} environment={environment} entry={chosen} onClose={close} />}
    </Stack>
  );

  // What came meanwhile keeps a place at the end.
  function reorder(ids: readonly string[]): Promise<boolean> {
    const placeOf = ({ id }: EnvironmentCredential) => (ids.includes(id) ? ids.indexOf(id) : ids.length);
    const make = ({ id, name, credentials }: Environment): EnvironmentUpdate => {
      const list = credentials[purpose].toSorted((one, other) => placeOf(one) - placeOf(other)).map(entryOf);
      return { id, name, credentials: { [purpose]: list } };
    };
    return guard.save({ base: answer, make, onSaved });
  }
}
