import { roles } from "virtual:contract";
import { Alert, Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import type { Role } from "@mooring/contract";
import { useState } from "react";
import { fieldFault } from "../../api/problem.ts";
import { useChange } from "../../api/queries.ts";
import { useOrganisation } from "../../api/session.ts";
import { CodeBlock } from "../../parts/copy.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Fault } from "../../parts/fault.tsx";
import { roleWords } from "./scope-words.ts";

/** Inviting somebody: gives a link to hand over, which is shown once. */
export function Invite({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const org = useOrganisation();
  const invite = useChange("CreateInvitation");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("developer");
  const close = () => {
    invite.reset();
    setEmail("");
    onClose();
  };
  const made = invite.data?.body;
  return (
    <Dialog opened={isOpen} onClose={close} title={made ? "Hand this over" : "Invite somebody"} size="lg">
      {made ? (
        <Stack>
          <Alert color="orange">
            <Text size="sm">
              Give this link to {made.email}, over a way that you trust. It is shown this once and works once, for seven days at most.
            </Text>
          </Alert>
          <CodeBlock title="The invitation" code={made.url} />
          <Group justify="flex-end">
            <Button onClick={close}>Done</Button>
          </Group>
        </Stack>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            invite.mutate({ params: { organisation_id: org }, body: { email, role } });
          }}
        >
          <Stack>
            <TextInput
              label="E-mail"
              type="email"
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
              error={fieldFault(invite.error, "email")}
              required
              data-autofocus
            />
            <Select
              label="Role"
              description={roleWords[role]}
              data={[...roles]}
              value={role}
              onChange={(value) => value && setRole(value as Role)}
              allowDeselect={false}
            />
            <Fault error={invite.error} shown={["email"]} />
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" loading={invite.isPending}>
                Make the invitation
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Dialog>
  );
}
