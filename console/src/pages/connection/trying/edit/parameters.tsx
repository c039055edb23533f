import { ActionIcon, Button, Checkbox, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import type { ActionHTTPParameter } from "@mooring/contract";
import { Plus, X } from "lucide-react";
import { withText } from "./draft.ts";
import classes from "./edit.module.css";
import { useFaultAt } from "./faults.ts";

interface Listed {
  readonly parameters: readonly ActionHTTPParameter[];
  readonly onChange: (parameters: ActionHTTPParameter[]) => void;
}

/** The parameters of an action, in their order. What a schema says of one beyond its type is in the JSON. */
export function Parameters({ parameters, onChange }: Listed) {
  return (
    <Stack gap="md">
      {parameters.length === 0 && (
        <Text size="sm" c="dimmed">
          None yet. Write {"{{ param.name }}"} into the path for each that is a part of it.
        </Text>
      )}
      {parameters.map((parameter, at) => (
        <Parameter
          // Their order is all that tells them apart while names are typed.
          key={at.toString()}
          at={at}
          parameter={parameter}
          onChange={(changed) => onChange(parameters.map((one, index) => (index === at ? changed : one)))}
          onRemove={() => onChange(parameters.filter((_, index) => index !== at))}
        />
      ))}
      <Button
        variant="subtle"
        size="compact-sm"
        style={{ alignSelf: "start" }}
        leftSection={<Plus size={14} />}
        onClick={() => onChange([...parameters, { name: "", in: "query", required: false, type: "string" }])}
      >
        Add a parameter
      </Button>
    </Stack>
  );
}

interface One {
  readonly at: number;
  readonly parameter: ActionHTTPParameter;
  readonly onChange: (parameter: ActionHTTPParameter) => void;
  readonly onRemove: () => void;
}

function Parameter({ at, parameter, onChange, onRemove }: One) {
  const { name, in: where, required, type, default: otherwise, description } = parameter;
  const path = `parameters[${at}]`;
  const fault = useFaultAt(path);
  const label = name || `parameter ${at + 1}`;
  return (
    <fieldset className={classes.parameter} aria-label={label}>
      <Group gap="sm" align="start" className={classes.fields}>
        <TextInput
          label="Name"
          error={useFaultAt(`${path}.name`) ?? fault}
          value={name}
          onChange={(event) => onChange({ ...parameter, name: event.currentTarget.value })}
        />
        <NativeSelect
          label="In"
          data={["query", "path", "header", "cookie"]}
          error={useFaultAt(`${path}.in`)}
          value={where}
          onChange={(event) => {
            const place = event.currentTarget.value as ActionHTTPParameter["in"];
            onChange({ ...parameter, in: place, required: place === "path" || required });
          }}
        />
        <NativeSelect
          label="Type"
          data={["string", "number", "integer", "boolean"]}
          error={useFaultAt(`${path}.type`)}
          value={type}
          onChange={(event) => onChange({ ...parameter, type: event.currentTarget.value as ActionHTTPParameter["type"] })}
        />
        <TextInput
          label="When left out"
          placeholder="nothing is sent"
          error={useFaultAt(`${path}.default`)}
          value={otherwise === undefined ? "" : typeof otherwise === "string" ? otherwise : JSON.stringify(otherwise)}
          onChange={(event) => onChange(withDefault(parameter, event.currentTarget.value))}
        />
        <TextInput
          label="What it is for"
          error={useFaultAt(`${path}.description`)}
          value={description ?? ""}
          onChange={(event) => onChange(withText(parameter, "description", event.currentTarget.value))}
        />
        <Checkbox
          label="required"
          className={classes.required}
          checked={required || where === "path"}
          disabled={where === "path"}
          onChange={(event) => onChange({ ...parameter, required: event.currentTarget.checked })}
        />
      </Group>
      <ActionIcon className={classes.remove} aria-label={`Remove ${label}`} onClick={onRemove}>
        <X size={16} />
      </ActionIcon>
    </fieldset>
  );
}

/** A default of the parameter's type where it can be one; a text may be a template for any of them. */
function withDefault(parameter: ActionHTTPParameter, typed: string): ActionHTTPParameter {
  const { default: _, ...rest } = parameter;
  if (typed === "") return rest;
  if (parameter.type === "string") return { ...rest, default: typed };
  try {
    return { ...rest, default: JSON.parse(typed) };
  } catch {
    return { ...rest, default: typed };
  }
}
