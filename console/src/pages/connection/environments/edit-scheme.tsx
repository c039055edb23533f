import { Button, Group, Stack, Text } from "@mantine/core";
import type { AuthSchemeConfigInput, Environment, EnvironmentCredential } from "@mooring/contract";
import { useState } from "react";
import { useOrganisation } from "../../../api/session.ts";
import { Dialog } from "../../../parts/dialog.tsx";
import { Fault } from "../../../parts/fault.tsx";
import { schemeNames } from "../../credentials/words.ts";
import { entryOf, inputOf } from "./entry.ts";
import type { EntryDialog } from "./entry-dialog.ts";
import { useEnvironmentGuard } from "./guards.ts";
import { pathsBelow } from "./scheme-faults.ts";
import { SchemeFields } from "./scheme-fields.tsx";

/** Changing how a credential is sent or checked. What kind of proof it is stays, and so does the credential. */
export function EditScheme({ purpose, answer, connection, entry, onSaved, onClose }: EntryDialog & { entry: EnvironmentCredential }) {
  const guard = useEnvironmentGuard(useOrganisation(), connection.id, answer.body.id);
  const [base] = useState(answer);
  const [config, setConfig] = useState<AuthSchemeConfigInput>(() => inputOf(entry.authSchemeConfig));
  const path = `credentials.${purpose}[${base.body.credentials[purpose].findIndex(({ id }) => id === entry.id)}].authSchemeConfig`;
  const hasFields = config.schemeType === "api-key" || config.schemeType === "oauth2" || config.schemeType === "hmac";

  function make({ id, name, credentials }: Environment) {
    const list = credentials[purpose].map((one) => (one.id === entry.id ? { ...entryOf(one), authSchemeConfig: config } : entryOf(one)));
    return { id, name, credentials: { [purpose]: list } };
  }
  const save = () =>
    guard.save({
      base,
      make,
      onSaved: (saved) => {
        onSaved(saved);
        onClose();
      },
      onLeft: onClose,
    });

  return (
    <Dialog
      opened
      onClose={onClose}
      title={`How ${entry.credential.name} is ${purpose === "action" ? "sent" : "checked"}`}
      size="lg"
      closeOnClickOutside={false}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Stack>
          <Text size="sm" c="dimmed">
            {schemeNames[config.schemeType]}. For another kind of proof, add a credential and unlink this one.
          </Text>
          {hasFields ? (
            <SchemeFields config={config} purpose={purpose} error={guard.error} path={path} onChange={setConfig} />
          ) : (
            <Text size="sm">There is nothing to set for this kind of proof.</Text>
          )}
          <Fault error={guard.error} shown={pathsBelow(path)} />
          {guard.conflict}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {hasFields ? "Cancel" : "Close"}
            </Button>
            {hasFields && (
              <Button type="submit" loading={guard.isPending}>
                Save
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
