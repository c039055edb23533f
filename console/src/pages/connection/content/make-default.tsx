import { Button, Group, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { queryOf, useChange } from "../../../api/queries.ts";
import { Dialog } from "../../../parts/dialog.tsx";
import { Fault } from "../../../parts/fault.tsx";
import { Consequences } from "./consequences.tsx";
import type { VersionDialog } from "./version-dialog.ts";

/** Makes `default` mean another version, after saying who comes to it and what that changes for them. */
export function MakeDefault({ version, isOpen, onClose }: VersionDialog) {
  return (
    <Dialog opened={isOpen} onClose={onClose} title={`Make version ${version.name} the default`} size="lg">
      <Question version={version} onClose={onClose} />
    </Dialog>
  );
}

function Question({ version, onClose }: Omit<VersionDialog, "isOpen">) {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const params = { organisation_id: org, connection_id: connection, version: version.name };
  const { data } = useQuery(queryOf("GetConnectionVersion", { params }));
  const update = useChange("UpdateConnectionVersion");
  return (
    <Stack>
      <Consequences version={version} moves />
      <Fault error={update.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          Cancel
        </Button>
        <Button
          loading={update.isPending}
          disabled={!data}
          onClick={() => data && update.mutate({ params, body: { ...data, isDefault: true } }, { onSuccess: onClose })}
        >
          Make it the default
        </Button>
      </Group>
    </Stack>
  );
}
