import { Button, Group, Paper, Select, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { queryOf, useChange } from "../../../api/queries.ts";
import { useMay, useOrganisation } from "../../../api/session.ts";
import { Answered } from "../../../parts/answer.tsx";
import { Copyable } from "../../../parts/copy.tsx";
import { Dialog } from "../../../parts/dialog.tsx";
import { Fault } from "../../../parts/fault.tsx";
import { Ago, Moment } from "../../../parts/time.tsx";
import { useConnection } from "../connection.ts";

interface Place {
  readonly environment: string;
  readonly trigger: string;
  readonly version: string;
}

/** Where the outside system calls a trigger: by its names, or at short addresses that nobody can guess. */
export function TriggerAddresses({ environment, trigger, version }: Place) {
  const org = useOrganisation();
  const may = useMay();
  const { id } = useConnection();
  const params = { organisation_id: org, connection_id: id, environment_id: environment, trigger_name: trigger };
  const query = useQuery(queryOf("GetTriggerAddress", { params }));
  const [isMaking, setMaking] = useState(false);
  return (
    <Paper>
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={3}>Address</Title>
          {may("connections:write") && (
            <Button size="xs" variant="default" onClick={() => setMaking(true)}>
              New short address
            </Button>
          )}
        </Group>
        <Answered query={query}>
          {({ url, short }) => (
            <Stack gap="xs">
              <Text size="sm">By its names; always there, for the version that is the default:</Text>
              <Copyable value={url} label="Copy the address" />
              {short.length > 0 && <Text size="sm">Short, says nothing, and nobody can guess it:</Text>}
              {short.map((one) => (
                <Stack gap={0} key={one.id}>
                  <Copyable value={one.url} label="Copy the short address" />
                  <Text size="xs" c="dimmed">
                    {one.version ? `of version ${one.version}` : "follows the default version"} · made <Ago at={one.createdAt} />
                    {one.expiresAt && (
                      <>
                        {" "}
                        · good until <Moment at={one.expiresAt} />
                      </>
                    )}
                  </Text>
                </Stack>
              ))}
            </Stack>
          )}
        </Answered>
      </Stack>
      <NewAddress params={params} version={version} isOpen={isMaking} onClose={() => setMaking(false)} />
    </Paper>
  );
}

const overlaps = [
  { value: "0", label: "End at once" },
  { value: "3600", label: "An hour" },
  { value: "86400", label: "A day" },
  { value: "604800", label: "A week" },
];

interface Making {
  readonly params: { organisation_id: string; connection_id: string; environment_id: string; trigger_name: string };
  readonly version: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

function NewAddress({ params, version, isOpen, onClose }: Making) {
  const rotate = useChange("RotateTriggerAddress");
  const [overlap, setOverlap] = useState("86400");
  const [of, setOf] = useState("");
  const make = () =>
    rotate.mutate({ params, body: { overlapSeconds: Number(overlap), ...(of && { version: of }) } }, { onSuccess: onClose });
  return (
    <Dialog opened={isOpen} onClose={onClose} title="New short address">
      <Stack>
        <Select
          label="Which version"
          data={[
            { value: "", label: "Whichever is the default" },
            { value: version, label: `Always ${version}` },
          ]}
          value={of}
          onChange={(value) => setOf(value ?? "")}
          allowDeselect={false}
        />
        <Select
          label="The short addresses before it are good for"
          description="So that the outside system has time to take the new one"
          data={overlaps}
          value={overlap}
          onChange={(value) => value && setOverlap(value)}
          allowDeselect={false}
        />
        <Fault error={rotate.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button onClick={make} loading={rotate.isPending}>
            Make it
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
