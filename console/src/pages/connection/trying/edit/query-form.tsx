import { ActionIcon, Button, Checkbox, Group, NativeSelect, Paper, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import type { ActionBigQueryParameter } from "@mooring/contract";
import { Plus, X } from "lucide-react";
import { CommonFields } from "./common-fields.tsx";
import { type QueryDraft, withText } from "./draft.ts";
import classes from "./edit.module.css";
import { useFaultAt } from "./faults.ts";

/** The form of a query. */
export function QueryForm({ draft, onChange }: { draft: QueryDraft; onChange: (draft: QueryDraft) => void }) {
  const change = (parameters: ActionBigQueryParameter[]) => onChange({ ...draft, parameters });
  return (
    <Stack gap="lg">
      <Paper>
        <Stack gap="md">
          <CommonFields draft={draft} onChange={onChange} />
          <Textarea
            label="SQL"
            description="Values are parameters, as in @day: they can never become SQL."
            autosize
            minRows={6}
            maxRows={30}
            styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
            error={useFaultAt("query")}
            value={draft.query}
            onChange={(event) => onChange({ ...draft, query: event.currentTarget.value })}
          />
          <Group gap="sm" align="start">
            <TextInput
              label="Bytes billed at most"
              placeholder="as Mooring allows"
              error={useFaultAt("maximumBytesBilled")}
              value={draft.maximumBytesBilled ?? ""}
              onChange={(event) => onChange(withText(draft, "maximumBytesBilled", event.currentTarget.value))}
            />
            <TextInput
              label="Where the data is"
              placeholder="EU"
              error={useFaultAt("location")}
              value={draft.location ?? ""}
              onChange={(event) => onChange(withText(draft, "location", event.currentTarget.value))}
            />
          </Group>
        </Stack>
      </Paper>
      <section>
        <Title order={3} mb="xs">
          Parameters
        </Title>
        <Paper>
          <Stack gap="md">
            {draft.parameters.length === 0 && (
              <Text size="sm" c="dimmed">
                None yet. Each @name in the SQL needs one.
              </Text>
            )}
            {draft.parameters.map((parameter, at) => (
              <Parameter
                // Their order is all that tells them apart while names are typed.
                key={at.toString()}
                at={at}
                parameter={parameter}
                onChange={(changed) => change(draft.parameters.map((one, index) => (index === at ? changed : one)))}
                onRemove={() => change(draft.parameters.filter((_, index) => index !== at))}
              />
            ))}
            <Button
              variant="subtle"
              size="compact-sm"
              style={{ alignSelf: "start" }}
              leftSection={<Plus size={14} />}
              onClick={() => change([...draft.parameters, { name: "", type: "STRING", required: true }])}
            >
              Add a parameter
            </Button>
          </Stack>
        </Paper>
      </section>
    </Stack>
  );
}

interface One {
  readonly at: number;
  readonly parameter: ActionBigQueryParameter;
  readonly onChange: (parameter: ActionBigQueryParameter) => void;
  readonly onRemove: () => void;
}

const types = [
  "BOOL",
  "INT64",
  "FLOAT64",
  "NUMERIC",
  "BIGNUMERIC",
  "STRING",
  "BYTES",
  "DATE",
  "DATETIME",
  "TIME",
  "TIMESTAMP",
  "JSON",
] as const;

function Parameter({ at, parameter, onChange, onRemove }: One) {
  const { name, type, array = false, required, description } = parameter;
  const path = `parameters[${at}]`;
  const fault = useFaultAt(path);
  const label = name || `parameter ${at + 1}`;
  return (
    <fieldset className={classes.parameter} aria-label={label}>
      <Group gap="sm" align="start" className={classes.fields}>
        <TextInput
          label="Name"
          leftSection="@"
          error={useFaultAt(`${path}.name`) ?? fault}
          value={name}
          onChange={(event) => onChange({ ...parameter, name: event.currentTarget.value })}
        />
        <NativeSelect
          label="Type"
          data={[...types]}
          error={useFaultAt(`${path}.type`)}
          value={type}
          onChange={(event) => onChange({ ...parameter, type: event.currentTarget.value as ActionBigQueryParameter["type"] })}
        />
        <TextInput
          label="What it is for"
          value={description ?? ""}
          onChange={(event) => onChange(withText(parameter, "description", event.currentTarget.value))}
        />
        <Checkbox
          label="a list"
          className={classes.required}
          checked={array}
          onChange={(event) => {
            const { array: _, ...rest } = parameter;
            onChange(event.currentTarget.checked ? { ...rest, array: true } : rest);
          }}
        />
        <Checkbox
          label="required"
          className={classes.required}
          checked={required}
          onChange={(event) => onChange({ ...parameter, required: event.currentTarget.checked })}
        />
      </Group>
      <ActionIcon className={classes.remove} aria-label={`Remove ${label}`} onClick={onRemove}>
        <X size={16} />
      </ActionIcon>
    </fieldset>
  );
}
