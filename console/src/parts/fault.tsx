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
        {isSignedOut(error) ? signedOut : fields.length > 0 && rest.length === 0 ? mend : messageOf(error)}
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

const mend = "Nothing was saved. Mend what is marked, and try again.";

const signedOut = "Nothing was done, because you are signed out. Sign in again in another tab, then come back and try again.";

/** Of an open page. Outside of organisations, a wrong password is refused so too. */
const isSignedOut = (error: unknown) =>
  error instanceof Refusal && error.status === 401 && error.code === "unauthenticated" && location.pathname.startsWith("/console/o/");
