import { Button, Group, Radio, Stack, Text } from "@mantine/core";
import type { ConnectionVersion } from "@mooring/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../../api/client.ts";
import { isConflict, Refusal } from "../../../api/problem.ts";
import { taggedQueryOf } from "../../../api/queries.ts";
import { Waiting } from "../../../parts/answer.tsx";
import { Dialog } from "../../../parts/dialog.tsx";
import { Fault } from "../../../parts/fault.tsx";
import { useVersions } from "../versions.ts";
import { useDiff } from "./comparison.tsx";
import { Consequences } from "./consequences.tsx";
import { FaultList } from "./fault-list.tsx";
import { faultsOf } from "./faults.ts";
import type { VersionDialog } from "./version-dialog.ts";

/** Publishes a draft, after saying what that changes and for whom, and asking what `default` shall mean then. */
export function PublishVersion({ version, isOpen, onClose }: VersionDialog) {
  return (
    <Dialog opened={isOpen} onClose={onClose} title={`Publish version ${version.name}`} size="xl">
      <Question version={version} onClose={onClose} />
    </Dialog>
  );
}

type Afterwards = "stays" | "moves";

function Question({ version, onClose }: Omit<VersionDialog, "isOpen">) {
  const { standard, isChosen } = useVersions();
  const diff = useDiff(standard?.name, version.name);
  const [picked, setPicked] = useState<Afterwards>();
  const { publish, isReady } = usePublication(version);
  // Without a choice `default` follows what is published last; but nobody is broken without being asked.
  const usual: Afterwards = !standard || !(isChosen || diff.data?.breaks) ? "moves" : "stays";
  const after = picked ?? usual;
  if (standard && diff.isPending) return <Waiting />;
  return (
    <Stack>
      <Text size="sm">
        From then on nothing in it can change: whoever calls it finds it tomorrow as it is today. To change something later, make a draft of
        it.
      </Text>
      <Consequences version={version} moves={after === "moves"} />
      {standard ? (
        <Radio.Group label="What default means afterwards" value={after} onChange={(value) => setPicked(value as Afterwards)}>
          <Stack gap={6} mt={6}>
            <Radio value="stays" label={`Version ${standard.name}, as now`} />
            <Radio value="moves" label={`Version ${version.name}, this one`} />
          </Stack>
        </Radio.Group>
      ) : (
        <Text size="sm">
          Nothing is published yet, so <b>default</b> comes to mean this version.
        </Text>
      )}
      <Refused error={publish.error} version={version.name} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          data-autofocus
          loading={publish.isPending}
          disabled={!isReady}
          onClick={() => publish.mutate(after, { onSuccess: onClose })}
        >
          {standard && after === "moves" ? "Publish and make it the default" : "Publish"}
        </Button>
      </Group>
    </Stack>
  );
}

function Refused({ error, version }: { error: unknown; version: string }) {
  if (isConflict(error))
    return <Fault error={new Error("Something in it changed while you looked. The differences above are read again: look once more.")} />;
  if (!(error instanceof Refusal) || error.code !== "version_incomplete") return <Fault error={error} />;
  return (
    <Stack gap="xs" role="alert">
      <Text size="sm" c="red" fw={550}>
        It was not published. {error.fields.length === 1 ? "This stands" : "These stand"} in the way:
      </Text>
      <FaultList faults={faultsOf(error.fields)} version={version} />
    </Stack>
  );
}

/** Publishing, and then or before it what makes `default` mean what was asked for. */
function usePublication(version: ConnectionVersion) {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const { standard, isChosen } = useVersions();
  const queries = useQueryClient();
  const at = { organisation_id: org, connection_id: connection };
  const { data } = useQuery(taggedQueryOf("GetConnectionVersion", { params: { ...at, version: version.name } }));
  const choose = (one: ConnectionVersion, isDefault: boolean) =>
    call("UpdateConnectionVersion", { params: { ...at, version: one.name }, body: { ...one, isDefault } });
  const send = async (after: Afterwards) => {
    // Where nothing was chosen, `default` follows the newest: it is pinned before, so that no call gets the new one by mistake.
    const pinned = after === "stays" && !isChosen ? standard : undefined;
    if (pinned) await choose(pinned, true);
    try {
      const { body } = await call("PublishConnection", { params: { ...at, version: version.name } }, { ifMatch: data?.etag });
      if (after === "moves" && isChosen) await choose(body.version, true);
    } catch (error) {
      if (pinned) await choose(pinned, false);
      throw error;
    }
  };
  const publish = useMutation({ mutationFn: send, onSettled: () => void queries.invalidateQueries() });
  return { publish, isReady: data !== undefined };
}
