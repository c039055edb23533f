import { Button, Group, Paper, Text, Title } from "@mantine/core";
import type { Connection } from "@mooring/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../../api/client.ts";
import { useOrganisation } from "../../../api/session.ts";
import { ConfirmByName } from "../../../parts/confirm-by-name.tsx";
import { Breakage, useBreakage } from "./breakage.tsx";

/** The end of a connection: says what it takes along, and asks for the name. */
export function DeleteConnection({ connection }: { connection: Connection }) {
  const org = useOrganisation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  const breakage = useBreakage(connection, isOpen);
  const remove = useMutation({
    mutationFn: () =>
      call("DeleteConnection", {
        params: { organisation_id: org, connection_id: connection.id },
        // They were named to the person, who said yes. One that began only now is refused, and named when it is tried again.
        query: (breakage.subscriptions?.length ?? 0) > 0 ? { force: true } : {},
      }),
    // First away from here: what is read again after it would not be found.
    onSuccess: async () => {
      await navigate({ to: "/o/$org/connections", params: { org }, ignoreBlocker: true });
      await queries.invalidateQueries();
    },
    onError: () => void queries.invalidateQueries({ queryKey: ["ListSubscriptions"] }),
  });
  return (
    <Paper p={{ base: "md", sm: "xl" }} component="section" aria-label="Delete">
      <Group justify="space-between" gap="sm">
        <div>
          <Title order={2}>Delete this connection</Title>
          <Text size="sm" c="dimmed">
            Its environments, versions and events go for good. Its credentials stay: they belong to the organisation.
          </Text>
        </div>
        <Button variant="outline" color="red" onClick={() => setOpen(true)}>
          Delete the connection
        </Button>
      </Group>
      <ConfirmByName
        title="Delete the connection"
        name={connection.name}
        verb="Delete for good"
        isOpen={isOpen}
        isPending={remove.isPending}
        error={remove.error}
        onClose={() => {
          remove.reset();
          setOpen(false);
        }}
        onConfirm={() => remove.mutate()}
      >
        <Breakage connection={connection} breakage={breakage} />
      </ConfirmByName>
    </Paper>
  );
}
