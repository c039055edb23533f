import { Code, Stack, Text, Title } from "@mantine/core";
import type { Connection, EnvironmentVariable } from "@mooring/contract";
import { VariablesField } from "../../../parts/variables-field.tsx";

interface Variables {
  readonly variables: readonly EnvironmentVariable[];
  readonly connection: Connection;
  readonly error: unknown;
  readonly onChange: (variables: EnvironmentVariable[]) => void;
}

/** The variables of an environment to edit, and what the base URL comes to with them. */
export function VariableEditor({ variables, connection, error, onChange }: Variables) {
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
      <VariablesField legend="Names and values" description="" variables={variables} error={error} path="variables" onChange={onChange} />
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
