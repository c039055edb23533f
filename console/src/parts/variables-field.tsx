import { ActionIcon, Button, Group, TextInput } from "@mantine/core";
import type { EnvironmentVariable } from "@mooring/contract";
import { Plus, Trash2 } from "lucide-react";
import { useRef } from "react";
import { fieldFault } from "../api/problem.ts";
import { FieldGroup } from "./field-group.tsx";

interface VariablesForm {
  readonly legend: string;
  readonly description: string;
  readonly variables: readonly EnvironmentVariable[];
  readonly error: unknown;
  /** Where they are in what is sent, as in `environmentVariables`. */
  readonly path: string;
  readonly onChange: (variables: EnvironmentVariable[]) => void;
}

/** Names and values for templates, as a list that grows. The faults of the API are shown beside what they are about. */
export function VariablesField({ legend, description, variables, error, path, onChange }: VariablesForm) {
  const place = useRef<HTMLFieldSetElement>(null);
  const set = (at: number, change: Partial<EnvironmentVariable>) =>
    onChange(variables.map((one, index) => (index === at ? { ...one, ...change } : one)));
  const add = () => {
    onChange([...variables, { name: "", value: "" }]);
    requestAnimationFrame(() =>
      [...(place.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])].at(-1)?.querySelector("input")?.focus(),
    );
  };
  return (
    <FieldGroup legend={legend} description={description} ref={place}>
      {variables.map(({ name, value }, at) => (
        <Group key={at.toString()} gap="xs" align="flex-start" wrap="nowrap" data-row>
          <TextInput
            aria-label={`Name of variable ${at + 1}`}
            placeholder="name"
            flex="1 1 0"
            value={name}
            error={fieldFault(error, `${path}[${at}].name`)}
            onChange={(event) => set(at, { name: event.currentTarget.value })}
            autoComplete="off"
            spellCheck={false}
          />
          <TextInput
            aria-label={`Value of ${name || `variable ${at + 1}`}`}
            placeholder="value"
            flex="2 1 0"
            value={value}
            error={fieldFault(error, `${path}[${at}].value`)}
            onChange={(event) => set(at, { value: event.currentTarget.value })}
            autoComplete="off"
            spellCheck={false}
          />
          <ActionIcon
            size={36}
            aria-label={`Remove the variable ${name || at + 1}`}
            onClick={() => onChange(variables.filter((_, index) => index !== at))}
          >
            <Trash2 size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Group>
        <Button size="xs" variant="default" leftSection={<Plus size={14} />} onClick={add}>
          Add a variable
        </Button>
      </Group>
    </FieldGroup>
  );
}
