import { Button, Group, Stack, Text } from "@mantine/core";
import type { Environment, EnvironmentCredential } from "@mooring/contract";
import { useOrganisation } from "../../../api/session.ts";
import { Dialog } from "../../../parts/dialog.tsx";
import { Fault } from "../../../parts/fault.tsx";
import { entryOf } from "./entry.ts";
import type { EntryDialog } from "./entry-dialog.ts";
import { useEnvironmentGuard } from "./guards.ts";

/** Taking a credential out of an environment; the credential itself stays. */
export function Unlink({ purpose, answer, connection, entry, onSaved, onClose }: EntryDialog & { entry: EnvironmentCredential }) {
  const guard = useEnvironmentGuard(useOrganisation(), connection.id, answer.body.id);
  const make = ({ id, name, credentials }: Environment) => {
    const rest = credentials[purpose].filter((one) => one.id !== entry.id).map(entryOf);
    return { id, name, credentials: { [purpose]: rest } };
  };
  const unlink = () =>
    guard.save({
      base: answer,
      make,
      onSaved: (saved) => {
        onSaved(saved);
        onClose();
      },
      onLeft: onClose,
    });
  return (
    <Dialog opened onClose={onClose} title={`Unlink ${entry.credential.name}`} size="lg">
      <Stack>
        <Text size="sm">
          {purpose === "action"
            ? `Calls through ${answer.body.name} go out without it from now on.`
            : `What comes in to ${answer.body.name} is no longer checked against it. Once no credential is left, everything is refused.`}{" "}
          The credential stays with the organisation.
        </Text>
        <Fault error={guard.error} />
        {guard.conflict}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button color="red.9" loading={guard.isPending} onClick={() => void unlink()}>
            Unlink
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
