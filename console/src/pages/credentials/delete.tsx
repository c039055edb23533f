import { Button, Group, Stack, Text } from "@mantine/core";
import type { Credential } from "@mooring/contract";
import { useNavigate } from "@tanstack/react-router";
import { call } from "../../api/client.ts";
import { useOrganisation } from "../../api/session.ts";
import { ConfirmByName } from "../../parts/confirm-by-name.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { useSending } from "../../parts/sending.ts";
import { Usages } from "./usages.tsx";

/** Deleting a credential, or where it has to be unlinked before that. */
export function DeleteCredential({ credential, onClose }: { credential: Credential; onClose: () => void }) {
  const org = useOrganisation();
  const navigate = useNavigate();
  const sending = useSending();
  const usages = credential.usages ?? [];

  async function remove() {
    const params = { organisation_id: org, credential_id: credential.id };
    await sending.run(async () => {
      await call("DeleteCredential", { params });
      // Away from its page first: it is not there to be read again.
      await navigate({ to: "/o/$org/credentials", params: { org }, ignoreBlocker: true });
    });
  }

  if (usages.length > 0)
    return (
      <Dialog opened onClose={onClose} title="It is still in use" size="lg">
        <Stack>
          <Text size="sm">Calls and checks of these environments need it. Unlink it there first:</Text>
          <Usages usages={usages} />
          <Group justify="flex-end">
            <Button onClick={onClose} variant="default">
              Close
            </Button>
          </Group>
        </Stack>
      </Dialog>
    );
  return (
    <ConfirmByName
      title="Delete the credential"
      name={credential.name}
      verb="Delete"
      isOpen
      isPending={sending.isPending}
      error={sending.error}
      onClose={onClose}
      onConfirm={() => void remove()}
    >
      <Text size="sm">
        No environment uses it. Its secret is gone for good, also from Mooring; what was given to the outside system stays good there until
        you withdraw it.
      </Text>
    </ConfirmByName>
  );
}
