import { Button, Group, Paper, Stack, Text, TextInput, Title } from "@mantine/core";
import type { Connection } from "@mooring/contract";
import { useState } from "react";
import { type Answer, call } from "../../../api/client.ts";
import { fieldFault, isConflict } from "../../../api/problem.ts";
import { useOrganisation } from "../../../api/session.ts";
import { Fault } from "../../../parts/fault.tsx";
import { useGuarded } from "../../../parts/guarded.tsx";
import { Unsaved } from "../../../parts/unsaved.tsx";
import { VariablesField } from "../../../parts/variables-field.tsx";
import { SchemesField } from "./schemes-field.tsx";
import { isSame, readable, type SettingsOf, settingsOf, updateOf } from "./settings-of.ts";

/** Name, address, variables and ways to prove identity of a connection, saved together. */
export function SettingsForm({ now }: { now: Answer<Connection> }) {
  const org = useOrganisation();
  const params = { organisation_id: org, connection_id: now.body.id };
  // What this person began with stays theirs while they type, whatever is read meanwhile.
  const [draft, setDraft] = useState<{ readonly base: Answer<Connection>; readonly mine: SettingsOf }>();
  const [isSaved, setSaved] = useState(false);
  const base = draft?.base ?? now;
  const began = settingsOf(base.body);
  const mine = draft?.mine ?? began;
  const isDirty = !isSame(mine, began);
  const guard = useGuarded({
    read: () => call("GetConnection", { params }),
    send: async (body: ReturnType<typeof updateOf>, ifMatch) => {
      try {
        return await call("UpdateConnection", { params, body }, { ifMatch });
      } catch (error) {
        if (!isConflict(error)) throw error;
        // The tag is of the whole connection. Where somebody changed only its environments, nothing here is in their way.
        const present = await call("GetConnection", { params });
        if (ifMatch !== base.etag || !isSame(settingsOf(present.body), began)) throw error;
        return call("UpdateConnection", { params, body }, { ifMatch: present.etag });
      }
    },
    readable,
  });
  const edit = (change: Partial<SettingsOf>) => {
    setSaved(false);
    setDraft({ base, mine: { ...mine, ...change } });
  };
  const leave = () => {
    guard.forget();
    setDraft(undefined);
  };
  const saved = () => {
    setDraft(undefined);
    setSaved(true);
  };
  const isHttp = base.body.protocol === "http";
  const addressField = isHttp ? "baseUrl" : "datasetId";
  const fault = (field: string) => fieldFault(guard.error, field);
  return (
    <Paper p={{ base: "md", sm: "xl" }} component="section" aria-label="Settings">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void guard.save({ base, make: (noun) => updateOf(noun, began, mine), onSaved: saved, onLeft: leave });
        }}
      >
        <Stack gap="lg">
          <Title order={2}>Settings</Title>
          {guard.conflict}
          <TextInput
            label="Name"
            required
            value={mine.name}
            error={fault("name")}
            onChange={(event) => edit({ name: event.currentTarget.value })}
            autoComplete="off"
          />
          <TextInput
            label={isHttp ? "Base URL" : "Dataset"}
            description={
              isHttp
                ? "Secrets go where it leads: to another host, it is changed only by whoever may change secrets."
                : "Leave it empty when each query names its own."
            }
            required={isHttp}
            value={mine.address}
            error={fault(addressField)}
            onChange={(event) => edit({ address: event.currentTarget.value })}
            autoComplete="off"
            spellCheck={false}
          />
          <VariablesField
            legend="Default variables"
            description="What every environment has, unless it has its own value. A change is carried into the environments."
            variables={mine.variables}
            error={guard.error}
            path="environmentVariables"
            onChange={(variables) => edit({ variables })}
          />
          <SchemesField
            protocol={base.body.protocol}
            schemes={mine.schemes}
            error={guard.error}
            onChange={(schemes) => edit({ schemes })}
          />
          <Fault
            error={guard.error}
            shown={[
              "name",
              addressField,
              ...mine.variables.flatMap((_, at) => [`environmentVariables[${at}].name`, `environmentVariables[${at}].value`]),
            ]}
          />
          <Group justify="flex-end">
            <Text size="sm" c="dimmed" role="status">
              {isSaved && !isDirty ? "Saved" : ""}
            </Text>
            {isDirty && (
              <Button variant="default" onClick={leave}>
                Discard
              </Button>
            )}
            <Button type="submit" disabled={!isDirty} loading={guard.isPending}>
              Save changes
            </Button>
          </Group>
        </Stack>
      </form>
      <Unsaved isDirty={isDirty} />
    </Paper>
  );
}
