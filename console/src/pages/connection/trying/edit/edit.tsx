import { Alert, Button, Group, Paper, SegmentedControl, Stack, Text } from "@mantine/core";
import type { Action, ActionUpdate } from "@mooring/contract";
import { useNavigate } from "@tanstack/react-router";
import { Check } from "lucide-react";
import { useState } from "react";
import { call } from "../../../../api/client.ts";
import { isConflict, Refusal } from "../../../../api/problem.ts";
import { useChange } from "../../../../api/queries.ts";
import { useOrganisation } from "../../../../api/session.ts";
import { Conflict } from "../../../../parts/conflict.tsx";
import { Fault } from "../../../../parts/fault.tsx";
import { JsonEditor } from "../../../../parts/json-editor.tsx";
import { Unsaved } from "../../../../parts/unsaved.tsx";
import { useConnection } from "../../connection.ts";
import { draftOf, savedFaults } from "./draft.ts";
import { FaultsContext } from "./faults.ts";
import { HttpForm } from "./http-form.tsx";
import { QueryForm } from "./query-form.tsx";

/** An action as it was read, with the tag of that moment. */
interface Read {
  readonly action: Action;
  readonly etag: string | undefined;
}

/** Changing an action of a draft: as a form, or all of it as JSON. What somebody else saved meanwhile is shown beside it. */
export function EditAction({ action, etag, version }: Read & { version: string }) {
  const org = useOrganisation();
  const { id: connection } = useConnection();
  const navigate = useNavigate();
  const save = useChange("UpdateAction");
  const [base, setBase] = useState<Read>({ action, etag });
  const [draft, setDraft] = useState<ActionUpdate>(() => draftOf(action));
  const [json, setJson] = useState<string>();
  const [theirs, setTheirs] = useState<Read>();
  const [isSaved, setSaved] = useState(false);
  const typed = json === undefined ? draft : parsed(json);
  const isDirty = json === undefined ? !isSame(draft, draftOf(base.action)) : !typed || !isSame(typed, draftOf(base.action));
  const place = { organisation_id: org, connection_id: connection, version };

  const submit = (over: Read = base) => {
    if (!typed) return;
    setSaved(false);
    save.mutate(
      { params: { ...place, action_name: over.action.name }, body: typed, ifMatch: over.etag },
      {
        onSuccess: ({ body, etag: next }) => {
          setBase({ action: body, etag: next });
          setDraft(draftOf(body));
          if (json !== undefined) setJson(textOf(draftOf(body)));
          setTheirs(undefined);
          setSaved(true);
          // Its name is in the address.
          if (body.name !== action.name)
            void navigate({
              to: "/o/$org/connections/$connection/actions/$version/$action",
              params: { org, connection, version, action: body.name },
              search: { edit: true },
              replace: true,
              ignoreBlocker: true,
            });
        },
        onError: async (error) => {
          if (!isConflict(error)) return;
          const read = await call("GetAction", { params: { ...place, action_name: base.action.name } });
          setTheirs({ action: read.body, etag: read.etag });
        },
      },
    );
  };
  const take = (read: Read) => {
    setBase(read);
    setDraft(draftOf(read.action));
    if (json !== undefined) setJson(textOf(draftOf(read.action)));
    setTheirs(undefined);
    save.reset();
  };
  const refused = save.error instanceof Refusal ? new Map(save.error.fields.map(({ field, message }) => [field, message])) : undefined;
  const faults = refused && refused.size > 0 ? refused : isDirty ? none : savedFaults(base.action);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Unsaved isDirty={isDirty} />
      <Stack gap="md">
        <SegmentedControl
          aria-label="How it is changed"
          size="xs"
          style={{ alignSelf: "start" }}
          data={[
            { value: "form", label: "Form" },
            { value: "json", label: "JSON" },
          ]}
          value={json === undefined ? "form" : "json"}
          onChange={(mode) => {
            if (mode === "json") return setJson(textOf(draft));
            // What is no JSON yet stays where it can be mended.
            if (!typed) return;
            setDraft(typed);
            setJson(undefined);
          }}
        />
        {theirs ? (
          <Conflict
            before={draftOf(base.action)}
            mine={typed}
            theirs={draftOf(theirs.action)}
            onTakeTheirs={() => take(theirs)}
            onKeepMine={() => submit(theirs)}
          />
        ) : (
          !isConflict(save.error) && <Fault error={save.error} />
        )}
        <FaultsContext.Provider value={faults}>
          {json !== undefined ? (
            <JsonEditor
              label="The whole action"
              value={json}
              heightMin={320}
              error={typed ? undefined : "This is no JSON yet. Mend it to save, or to go back to the form."}
              onChange={setJson}
            />
          ) : draft.type === "http" ? (
            <HttpForm draft={draft} onChange={setDraft} version={version} />
          ) : (
            <QueryForm draft={draft} onChange={setDraft} />
          )}
        </FaultsContext.Provider>
        <Paper p="sm" style={{ position: "sticky", bottom: 12, zIndex: 2 }}>
          <Group gap="sm">
            <Button type="submit" loading={save.isPending} disabled={!isDirty || !typed}>
              Save
            </Button>
            {isDirty && (
              <Button variant="default" onClick={() => take(base)}>
                Undo changes
              </Button>
            )}
            <Text size="sm" c="dimmed" role="status">
              {isDirty ? "Not saved yet" : isSaved ? "Saved" : "As it is saved"}
            </Text>
            {isSaved && !isDirty && <Outcome action={base.action} />}
          </Group>
        </Paper>
      </Stack>
    </form>
  );
}

/** What is still wrong after it was saved: a draft may be so, until it is published. */
function Outcome({ action: { errors = [] } }: { action: Action }) {
  const count = errors.filter(({ severity }) => severity === "error").length;
  if (count === 0) return <Check size={16} color="light-dark(var(--mantine-color-green-8), var(--mantine-color-green-4))" aria-hidden />;
  return (
    <Alert color="orange" p={6}>
      <Text size="sm">
        {count === 1 ? "One thing keeps" : `${count} things keep`} it from being called and published. What it does lists them.
      </Text>
    </Alert>
  );
}

const none: ReadonlyMap<string, string> = new Map();
const textOf = (draft: ActionUpdate) => JSON.stringify(draft, null, 2);
const isSame = (one: ActionUpdate, other: ActionUpdate) => JSON.stringify(one) === JSON.stringify(other);

function parsed(json: string): ActionUpdate | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as ActionUpdate) : undefined;
  } catch {
    return undefined;
  }
}
