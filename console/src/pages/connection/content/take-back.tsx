import { Button, Group, Stack, Text } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useChange } from "../../../api/queries.ts";
import { Waiting } from "../../../parts/answer.tsx";
import { Dialog } from "../../../parts/dialog.tsx";
import { Fault } from "../../../parts/fault.tsx";
import { standardWithout, useVersions } from "../versions.ts";
import { SubscriptionNames, useSubscribers } from "./subscribers.tsx";
import type { VersionDialog } from "./version-dialog.ts";

/** Makes a draft of a published version again, and says who stands in the way or loses it. */
export function TakeBack({ version, isOpen, onClose }: VersionDialog) {
  return (
    <Dialog opened={isOpen} onClose={onClose} title={`Take version ${version.name} back`} size="lg">
      <Question version={version} onClose={onClose} />
    </Dialog>
  );
}

function Question({ version, onClose }: Omit<VersionDialog, "isOpen">) {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const versions = useVersions();
  const { isPending, using } = useSubscribers();
  const unpublish = useChange("UnpublishConnection");
  const users = using(version);
  const next = standardWithout(version, versions);
  if (isPending) return <Waiting />;
  return (
    <Stack>
      <Text size="sm">It becomes a draft, and what is in it can change again. Calls that name it may then find something else.</Text>
      {version.id === versions.standard?.id && (
        <Text size="sm">
          It is what <b>default</b> means.{" "}
          {next ? `After this, that is version ${next.name}.` : "After this nothing is, and calls that name no version are refused."}
        </Text>
      )}
      {users.length > 0 && (
        <Text size="sm">
          It cannot be taken back while subscriptions use it: <SubscriptionNames subscriptions={users} />. Have them use another version
          first, or delete them.
        </Text>
      )}
      <Fault error={unpublish.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          Cancel
        </Button>
        <Button
          color="red.9"
          disabled={users.length > 0}
          loading={unpublish.isPending}
          onClick={() =>
            unpublish.mutate({ params: { organisation_id: org, connection_id: connection, version: version.name } }, { onSuccess: onClose })
          }
        >
          Take it back
        </Button>
      </Group>
    </Stack>
  );
}
