import { Text } from "@mantine/core";
import type { Action } from "@mooring/contract";
import { useNavigate } from "@tanstack/react-router";
import { useChange } from "../../../api/queries.ts";
import { useOrganisation } from "../../../api/session.ts";
import { ConfirmByName } from "../../../parts/confirm-by-name.tsx";
import { useConnection } from "../connection.ts";

/** Asks before an action is deleted, and goes back to the others. */
export function DeleteAction({ action, version, onClose }: { action: Action; version: string; onClose: () => void }) {
  const org = useOrganisation();
  const { id: connection } = useConnection();
  const navigate = useNavigate();
  const remove = useChange("DeleteAction");
  return (
    <ConfirmByName
      title="Delete the action"
      name={action.name}
      verb="Delete"
      isOpen
      isPending={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(
          { params: { organisation_id: org, connection_id: connection, version, action_name: action.name } },
          {
            onSuccess: () =>
              void navigate({
                to: "/o/$org/connections/$connection/actions",
                params: { org, connection },
                search: { version },
                replace: true,
              }),
          },
        )
      }
    >
      <Text size="sm">
        Whoever calls <b>{action.name}</b> in version {version} gets “not found” from then on. Other versions keep theirs, and the
        definitions it uses stay.
      </Text>
    </ConfirmByName>
  );
}
