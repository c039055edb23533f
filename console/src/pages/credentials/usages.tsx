import { Anchor, Group, List, Text } from "@mantine/core";
import type { CredentialUsages } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useOrganisation } from "../../api/session.ts";
import { Ago } from "../../parts/time.tsx";
import { healthQuery } from "../connection/environments/health.ts";
import { CredentialState } from "./state.tsx";

interface Used {
  readonly usages: CredentialUsages;
  /** Whose uses these are: with it, each says how it is doing there. */
  readonly credential?: string;
}

/** The environments that use a credential, each with the way there; a sentence where none does. */
export function Usages({ usages, credential }: Used) {
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
          {credential !== undefined && <Doing environment={usage.environment} credential={credential} />}
        </List.Item>
      ))}
    </List>
  );
}

/** How the credential is doing in one environment, and when it served last; nothing until that is known. */
function Doing({ environment, credential }: { environment: CredentialUsages[number]["environment"]; credential: string }) {
  const { data } = useQuery(healthQuery(useOrganisation(), environment.connection.id));
  const uses = data?.environments.find(({ id }) => id === environment.id)?.credentials;
  const here = [...(uses?.action ?? []), ...(uses?.trigger ?? [])].filter((use) => use.credentialId === credential);
  const lastUsedAt = here
    .flatMap((use) => use.lastUsedAt ?? [])
    .toSorted()
    .at(-1);
  const worst = here.find(({ state }) => state !== "ok" && state !== "untried") ?? here.find(({ state }) => state === "ok") ?? here[0];
  if (!worst) return null;
  return (
    <Group gap="xs" mt={2} mb={4}>
      <CredentialState state={worst.state} />
      <Text span size="xs" c="dimmed">
        {lastUsedAt ? "last used " : "not used yet"}
        {lastUsedAt && <Ago at={lastUsedAt} />}
      </Text>
    </Group>
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
