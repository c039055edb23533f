import { ActionIcon, Button, Group, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import type { ActionHTTPResponseCreate } from "@mooring/contract";
import { Plus, X } from "lucide-react";
import { withText } from "./draft.ts";
import classes from "./edit.module.css";
import { useFaultAt } from "./faults.ts";
import { Links } from "./links.tsx";

interface Listed {
  readonly responses: readonly ActionHTTPResponseCreate[];
  readonly version: string;
  readonly onChange: (responses: ActionHTTPResponseCreate[]) => void;
}

/** What may come back, by status. */
export function Responses({ responses, version, onChange }: Listed) {
  return (
    <Stack gap="md">
      {responses.length === 0 && (
        <Text size="sm" c="dimmed">
          None yet: then no answer is held against anything.
        </Text>
      )}
      {responses.map((response, at) => (
        <Response
          // Their order is all that tells them apart while statuses are typed.
          key={at.toString()}
          at={at}
          response={response}
          version={version}
          onChange={(changed) => onChange(responses.map((one, index) => (index === at ? changed : one)))}
          onRemove={() => onChange(responses.filter((_, index) => index !== at))}
        />
      ))}
      <Button
        variant="subtle"
        size="compact-sm"
        style={{ alignSelf: "start" }}
        leftSection={<Plus size={14} />}
        onClick={() => onChange([...responses, { status: 200, definitions: [] }])}
      >
        Add an answer
      </Button>
    </Stack>
  );
}

interface One {
  readonly at: number;
  readonly response: ActionHTTPResponseCreate;
  readonly version: string;
  readonly onChange: (response: ActionHTTPResponseCreate) => void;
  readonly onRemove: () => void;
}

function Response({ at, response, version, onChange, onRemove }: One) {
  const path = `responses[${at}]`;
  const label = response.status === undefined ? "any other status" : `status ${response.status}`;
  return (
    <fieldset className={classes.parameter} aria-label={label}>
      <Stack gap="sm">
        <Group gap="sm" align="start">
          <NumberInput
            label="Status"
            placeholder="any other"
            w={140}
            min={100}
            max={599}
            allowDecimal={false}
            error={useFaultAt(`${path}.status`) ?? useFaultAt(path)}
            value={response.status ?? ""}
            onChange={(value) => {
              const { status: _, ...rest } = response;
              onChange(typeof value === "number" ? { ...rest, status: value } : rest);
            }}
          />
          <TextInput
            label="What it means"
            style={{ flex: "1 1 240px" }}
            error={useFaultAt(`${path}.description`)}
            value={response.description ?? ""}
            onChange={(event) => onChange(withText(response, "description", event.currentTarget.value))}
          />
        </Group>
        <Links
          label="What describes its body"
          path={`${path}.definitions`}
          version={version}
          links={response.definitions}
          onChange={(definitions) => onChange({ ...response, definitions })}
        />
      </Stack>
      <ActionIcon className={classes.remove} aria-label={`Remove ${label}`} onClick={onRemove}>
        <X size={16} />
      </ActionIcon>
    </fieldset>
  );
}
