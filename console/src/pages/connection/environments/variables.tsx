import { ActionIcon, Button, Code, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import type { Connection, EnvironmentVariable } from "@mooring/contract";
import { Plus, Trash2 } from "lucide-react";
import { fieldFault } from "../../../api/problem.ts";
import classes from "./settings.module.css";

interface Variables {
  readonly variables: readonly EnvironmentVariable[];
  readonly connection: Connection;
  readonly error: unknown;
  readonly onChange: (variables: EnvironmentVariable[]) => void;
}

/** The variables of an environment to edit, and what the base URL comes to with them. */
export function VariableEditor({ variables, connection, error, onChange }: Variables) {
  const put = (index: number, change: Partial<EnvironmentVariable>) =>
    onChange(variables.map((one, at) => (at === index ? { ...one, ...change } : one)));
  return (
    <Stack gap="sm" component="section">
      <div>
        <Title order={3}>Variables</Title>
        <Text size="sm" c="dimmed">
          <Code>{"{{ env.name }}"}</Code> in the base URL, and in path and query of a call, stands for the value here. Everybody who may see
          the connection can read them, so they are no place for secrets: those are credentials.
        </Text>
      </div>
      {connection.protocol === "http" && <Resolved template={connection.baseUrl} variables={variables} />}
      <div className={classes.variables}>
        {variables.map(({ name, value }, index) => (
          <div className={classes.variable} key={index.toString()}>
            <TextInput
              aria-label={`Name of variable ${index + 1}`}
              placeholder="region"
              value={name}
              onChange={(event) => put(index, { name: event.currentTarget.value })}
              error={fieldFault(error, `variables[${index}].name`)}
              ff="monospace"
            />
            <TextInput
              aria-label={`Value of variable ${index + 1}`}
              placeholder="eu-west"
              value={value}
              onChange={(event) => put(index, { value: event.currentTarget.value })}
              error={fieldFault(error, `variables[${index}].value`)}
            />
            <ActionIcon
              size="lg"
              aria-label={`Remove the variable ${name || index + 1}`}
              onClick={() => onChange(variables.filter((_, at) => at !== index))}
            >
              <Trash2 size={16} />
            </ActionIcon>
          </div>
        ))}
      </div>
      <Group>
        <Button
          variant="default"
          size="xs"
          leftSection={<Plus size={14} />}
          onClick={() => onChange([...variables, { name: "", value: "" }])}
        >
          Add a variable
        </Button>
      </Group>
    </Stack>
  );
}

/** What a template comes to; nothing where there is no placeholder in it. */
function Resolved({ template, variables }: { template: string; variables: readonly EnvironmentVariable[] }) {
  const names = [...template.matchAll(placeholder)].map(([, name = ""]) => name);
  if (names.length === 0) return null;
  const values = new Map(variables.map(({ name, value }) => [name, value]));
  const missing = names.filter((name) => !values.get(name));
  const resolved = template.replaceAll(placeholder, (whole, name: string) => values.get(name) || whole);
  return (
    <Text size="sm" component="div" role="status">
      Calls go to <Code>{resolved}</Code>
      {missing.length > 0 && (
        <Text span inherit c="var(--mantine-color-error)">
          {" "}
          once {missing.join(" and ")} {missing.length === 1 ? "has" : "have"} a value: until then they are refused.
        </Text>
      )}
    </Text>
  );
}

const placeholder = /\{\{\s*env\.([A-Za-z0-9_.-]+)\s*\}\}/g;
