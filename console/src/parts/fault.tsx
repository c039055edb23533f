import { Alert, Button, Group, List, Text } from "@mantine/core";
import { TriangleAlert } from "lucide-react";
import { messageOf, Refusal } from "../api/problem.ts";

/** What went wrong and what to do about it; nothing when nothing did. Lists the fields that no input of the form shows. */
export function Fault({ error, shown = [], retry }: { error: unknown; shown?: readonly string[]; retry?: () => void }) {
  if (!error) return null;
  const fields = error instanceof Refusal ? error.fields : [];
  const rest = fields.filter(({ field }) => !shown.includes(field));
  return (
    <Alert color="red" icon={<TriangleAlert size={18} />} role="alert">
      <Text size="sm">
        {fields.length > 0 && rest.length === 0 ? "Nothing was saved. Mend what is marked, and try again." : messageOf(error)}
        {/* Not where something was read: nobody typed anything there. */}
        {error instanceof Refusal && error.status === 0 && !retry && " What you typed is still here."}
      </Text>
      {rest.length > 0 && (
        <List size="sm" mt="xs">
          {rest.map(({ field, message }) => (
            <List.Item key={`${field}${message}`}>
              {field !== "" && (
                <>
                  <code>{field}</code>{" "}
                </>
              )}
              {message}
            </List.Item>
          ))}
        </List>
      )}
      {retry && (
        <Group mt="xs">
          <Button size="xs" variant="light" color="red" onClick={retry}>
            Try again
          </Button>
        </Group>
      )}
    </Alert>
  );
}
