import { List, Stack, Text } from "@mantine/core";
import type { Definition, DefinitionDeletePreconditionFailed, DefinitionReference } from "@mooring/contract";
import { useParams } from "@tanstack/react-router";
import { Refusal } from "../../../api/problem.ts";
import { useChange } from "../../../api/queries.ts";
import { ConfirmByName } from "../../../parts/confirm-by-name.tsx";
import { Referrers } from "./referrers.tsx";

interface Deletion {
  readonly definition: Definition;
  readonly version: string;
  readonly etag: string | undefined;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

/** Deletes a definition of a draft, after naming what refers to it and is left with a fault. */
export function DeleteDefinition({ definition, version, etag, isOpen, onClose, onDeleted }: Deletion) {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const remove = useChange("DeleteDefinition");
  // What a refusal names is newer than what the page knows.
  const referrers = refusedFor(remove.error) ?? definition.referencedBy ?? [];
  const isUsed = referrers.length > 0;
  return (
    <ConfirmByName
      title={`Delete the definition ${definition.name}`}
      name={definition.name}
      verb={isUsed ? "Delete it all the same" : "Delete"}
      isOpen={isOpen}
      isPending={remove.isPending}
      error={refusedFor(remove.error) ? undefined : remove.error}
      onClose={() => {
        remove.reset();
        onClose();
      }}
      onConfirm={() =>
        remove.mutate(
          {
            params: { organisation_id: org, connection_id: connection, version, definition_name: definition.name },
            query: isUsed ? { force: true } : {},
            ifMatch: etag,
          },
          {
            onSuccess: () => {
              onClose();
              onDeleted();
            },
          },
        )
      }
    >
      {isUsed ? (
        <Stack gap="xs">
          <Text size="sm">
            This cannot be undone. It is in use: a fault is left on each of these, and version {version} cannot be published until they are
            mended.
          </Text>
          <Referrers referrers={referrers} version={version} />
        </Stack>
      ) : (
        <List size="sm">
          <List.Item>Nothing refers to it.</List.Item>
          <List.Item>This cannot be undone.</List.Item>
        </List>
      )}
    </ConfirmByName>
  );
}

function refusedFor(error: unknown): readonly DefinitionReference[] | undefined {
  if (!(error instanceof Refusal) || error.code !== "definition_in_use") return undefined;
  return (error.body as DefinitionDeletePreconditionFailed).definition?.referencedBy ?? [];
}
