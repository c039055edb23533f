import { ActionIcon, Button, Group, TextInput } from "@mantine/core";
import { Plus, Trash2 } from "lucide-react";
import { fieldFault } from "../../api/problem.ts";
import { FieldGroup } from "../../parts/field-group.tsx";

interface Names {
  readonly names: readonly string[];
  readonly error: unknown;
  readonly onChange: (names: string[]) => void;
}

/** The environments that a new connection begins with: a list of names, at least one. */
export function EnvironmentNames({ names, error, onChange }: Names) {
  return (
    <FieldGroup
      legend="Environments"
      description="Instances of the system, such as development and production. Each has its own credentials and variables."
    >
      {names.map((name, at) => (
        <Group key={at.toString()} gap="xs" wrap="nowrap" align="flex-start">
          <TextInput
            aria-label={`Name of environment ${at + 1}`}
            flex={1}
            maw={320}
            value={name}
            error={fieldFault(error, `environments[${at}].name`)}
            onChange={(event) => onChange(names.map((one, index) => (index === at ? event.currentTarget.value : one)))}
            autoComplete="off"
          />
          <ActionIcon
            size={36}
            disabled={names.length === 1}
            aria-label={`Remove the environment ${name || at + 1}`}
            onClick={() => onChange(names.filter((_, index) => index !== at))}
          >
            <Trash2 size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Group>
        <Button size="xs" variant="default" leftSection={<Plus size={14} />} onClick={() => onChange([...names, nextOf(names)])}>
          Add an environment
        </Button>
      </Group>
    </FieldGroup>
  );
}

const nextOf = (names: readonly string[]) => ["prod", "staging", "dev"].find((one) => !names.includes(one)) ?? "";
