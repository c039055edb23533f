import { Anchor, Badge, Group, Stack, Text } from "@mantine/core";
import type { DefinitionReference } from "@mooring/contract";
import { useState } from "react";
import { ThingLink } from "./thing-link.tsx";

/** What refers to a definition, by name, each the way to its page. */
export function Referrers({ referrers, version }: { referrers: readonly DefinitionReference[]; version: string }) {
  const [shown, setShown] = useState(pageSize);
  if (referrers.length === 0)
    return (
      <Text size="sm" c="dimmed">
        Nothing refers to it.
      </Text>
    );
  return (
    <Stack gap={6}>
      {referrers.slice(0, shown).map(({ type, id, name }) => (
        <Group key={`${type} ${id}`} gap={8}>
          <Badge color="gray">{type}</Badge>
          <ThingLink kind={type} name={name} version={version} />
        </Group>
      ))}
      {referrers.length > shown && (
        <Anchor component="button" type="button" size="sm" ta="left" onClick={() => setShown(shown + pageSize)}>
          Show {Math.min(pageSize, referrers.length - shown)} more of {referrers.length}
        </Anchor>
      )}
    </Stack>
  );
}

const pageSize = 20;
