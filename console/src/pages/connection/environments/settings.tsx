import { Button, Group, Paper, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import type { Connection, Environment, EnvironmentVariable } from "@mooring/contract";
import { useState } from "react";
import type { Answer } from "../../../api/client.ts";
import { fieldFault } from "../../../api/problem.ts";
import { useMay, useOrganisation } from "../../../api/session.ts";
import { Fault } from "../../../parts/fault.tsx";
import { Unsaved } from "../../../parts/unsaved.tsx";
import { useEnvironmentGuard } from "./guards.ts";
import { nameFault } from "./name-dialogs.tsx";
import classes from "./settings.module.css";
import { VariableTable } from "./variable-table.tsx";
import { VariableEditor } from "./variables.tsx";

/** What somebody typed, and what they saw when they began. */
interface Draft {
  readonly base: Answer<Environment>;
  readonly name: string;
  readonly retries: number;
  readonly variables: readonly EnvironmentVariable[];
}

interface Editing {
  readonly answer: Answer<Environment>;
  /** What the person saved last in another part of the page, if anything. */
  readonly saved: Answer<Environment> | undefined;
  readonly connection: Connection;
}

/** Variables, name and retries of an environment: one form, saved together. */
export function Settings({ answer, saved, connection }: Editing) {
  const mayWrite = useMay()("connections:write");
  const guard = useEnvironmentGuard(useOrganisation(), connection.id, answer.body.id);
  const [draft, setDraft] = useState<Draft>();
  const { name, retries, variables } = draft ?? draftOf(answer);
  const edit = (change: Partial<Draft>) => setDraft((before) => ({ ...(before ?? draftOf(answer)), ...change }));
  const leave = () => {
    setDraft(undefined);
    guard.forget();
  };

  async function save({ base, ...change }: Draft) {
    await guard.save({
      base: saved && isRestOf(saved.body, base.body) ? saved : base,
      make: ({ id, retries: before }) => ({
        id,
        name: change.name,
        variables: [...change.variables],
        ...(before === undefined && change.retries === 0 ? {} : { retries: change.retries }),
      }),
      onSaved: leave,
      onLeft: leave,
    });
  }

  if (!mayWrite) return <ReadOnly environment={answer.body} />;
  const faultOfName = nameFault(guard.error, "name");
  const shown = ["name", "retries", ...variables.flatMap((_, index) => [`variables[${index}].name`, `variables[${index}].value`])];
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (draft) void save(draft);
      }}
    >
      <Stack gap="xl">
        <VariableEditor
          variables={variables}
          connection={connection}
          error={guard.error}
          onChange={(changed) => edit({ variables: changed })}
        />
        <Stack gap="sm" component="section">
          <Title order={3}>Name and retries</Title>
          <Group align="start" gap="lg">
            <TextInput
              label="Name"
              description="Callers may use it in addresses, in place of the id."
              value={name}
              onChange={(event) => edit({ name: event.currentTarget.value })}
              error={faultOfName}
              required
              w={300}
              maw="100%"
            />
            <Select
              label="Retries"
              description="Of calls that failed in passing and may be sent again."
              value={String(retries)}
              onChange={(value) => edit({ retries: Number(value) })}
              allowDeselect={false}
              error={fieldFault(guard.error, "retries")}
              data={retryChoices}
              w={300}
              maw="100%"
            />
          </Group>
        </Stack>
        <Fault error={faultOfName ? undefined : guard.error} shown={shown} />
        {guard.conflict}
        {draft && (
          <Paper className={classes.bar ?? ""} shadow="md" p="sm">
            <Group justify="space-between">
              <Text size="sm">There are changes that are not saved.</Text>
              <Group gap="xs">
                <Button variant="default" size="sm" onClick={leave}>
                  Discard
                </Button>
                <Button type="submit" size="sm" loading={guard.isPending}>
                  Save
                </Button>
              </Group>
            </Group>
          </Paper>
        )}
      </Stack>
      <Unsaved isDirty={draft !== undefined} />
    </form>
  );
}

/** Whether of the two, of which `later` is the person's own, only credentials differ: then nothing of somebody else's is lost by it. */
function isRestOf(later: Environment, earlier: Environment): boolean {
  const restOf = ({ name, retries, variables }: Environment) => JSON.stringify([name, retries, variables]);
  return later.updatedAt > earlier.updatedAt && restOf(later) === restOf(earlier);
}

function draftOf(base: Answer<Environment>): Draft {
  const { name, retries = 0, variables } = base.body;
  return { base, name, retries, variables };
}

const retryChoices = [
  { value: "0", label: "None: each call is sent once" },
  ...[1, 2, 3, 4, 5].map((count) => ({ value: String(count), label: `Up to ${count}` })),
];

function ReadOnly({ environment: { variables, retries = 0 } }: { environment: Environment }) {
  return (
    <Stack gap="sm">
      <Title order={3}>Variables</Title>
      <VariableTable variables={variables} />
      <Text size="sm">
        {retries === 0 ? "Calls are sent once." : `Calls that failed in passing are sent again up to ${retries} times.`}
      </Text>
    </Stack>
  );
}
