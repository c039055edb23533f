import { Anchor, List, Text } from "@mantine/core";
import type { CredentialUsages } from "@mooring/contract";
import { Link } from "@tanstack/react-router";
import { useOrganisation } from "../../api/session.ts";

/** The environments that use a credential, each with the way there; a sentence where none does. */
export function Usages({ usages }: { usages: CredentialUsages }) {
  if (usages.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No environment uses it.
      </Text>
    );
  return (
    <List size="sm" spacing={4}>
      {usages.map((usage) => (
        <List.Item key={usage.environment.id}>
          <UsageLink usage={usage} />
        </List.Item>
      ))}
    </List>
  );
}

/** The same in a line: the first, and how many more. */
export function UsagesInShort({ usages }: { usages: CredentialUsages }) {
  const [first] = usages;
  if (!first)
    return (
      <Text span size="sm" c="dimmed">
        nowhere
      </Text>
    );
  return (
    <Text span size="sm">
      <UsageLink usage={first} />
      {usages.length > 1 && (
        <Text span inherit c="dimmed">
          {` and ${usages.length - 1} more`}
        </Text>
      )}
    </Text>
  );
}

function UsageLink({ usage: { environment } }: { usage: CredentialUsages[number] }) {
  const org = useOrganisation();
  const { connection } = environment;
  return (
    <Anchor
      inherit
      renderRoot={(props) => (
        <Link
          {...props}
          to="/o/$org/connections/$connection/environments/$environment"
          params={{ org, connection: connection.id, environment: environment.id }}
        />
      )}
    >
      {connection.name} / {environment.name}
    </Anchor>
  );
}
