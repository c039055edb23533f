import { Alert, Button, Code, Group, Stack, Table, Text } from "@mantine/core";
import { GitMerge } from "lucide-react";
import { type Difference, differences } from "./differences.ts";

interface Overtaken {
  /** What it was when this person began, what they made of it, and what somebody else made of it meanwhile. */
  readonly before: unknown;
  readonly mine: unknown;
  readonly theirs: unknown;
  readonly onTakeTheirs: () => void;
  readonly onKeepMine: () => void;
}

/** Somebody else saved first: shows what differs, field by field, and lets the person choose. Nothing that was typed is lost. */
export function Conflict({ before, mine, theirs, onTakeTheirs, onKeepMine }: Overtaken) {
  const found = differences(mine, theirs);
  return (
    <Alert
      color="orange"
      icon={<GitMerge size={18} />}
      title="Somebody else changed this meanwhile"
      role="alert"
      // Without it the table would push the words beside it out of sight, where the window is narrow.
      styles={{ body: { minWidth: 0 } }}
    >
      <Stack gap="sm">
        <Text size="sm">Nothing of yours is saved yet. This is where the two differ:</Text>
        <Table.ScrollContainer minWidth={500}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Where</Table.Th>
                <Table.Th>When you began</Table.Th>
                <Table.Th>Theirs, saved</Table.Th>
                <Table.Th>Yours</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {found.map((one) => (
                <Table.Tr key={one.path}>
                  <Table.Td>{one.path}</Table.Td>
                  <Table.Td>{text(valueAt(before, one))}</Table.Td>
                  <Table.Td>{text(one.right)}</Table.Td>
                  <Table.Td>{text(one.left)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
        <Group>
          <Button size="xs" variant="default" onClick={onTakeTheirs}>
            Take theirs
          </Button>
          <Button size="xs" onClick={onKeepMine}>
            Save mine over it
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

const text = (value: unknown) => (value === undefined ? <Text c="dimmed">nothing</Text> : <Code>{JSON.stringify(value)}</Code>);

function valueAt(whole: unknown, { keys }: Difference): unknown {
  return keys.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], whole);
}
