import { Button, Divider, Group, SegmentedControl, Stack } from "@mantine/core";
import type { AuthSchemeConfigInput, Connection, CredentialType, Environment, EnvironmentCredentialCreate } from "@mooring/contract";
import { type ReactNode, useState } from "react";
import { useMay, useOrganisation } from "../../../api/session.ts";
import { Fault } from "../../../parts/fault.tsx";
import { useSending } from "../../../parts/sending.ts";
import { secretWords, typesFor } from "../../credentials/words.ts";
import { ApplicationFields } from "./application-fields.tsx";
import type { Purpose } from "./entry-dialog.ts";
import { ExistingCredential } from "./existing-credential.tsx";
import { NewCredentialFields } from "./new-credential-fields.tsx";
import { newEntryOf } from "./new-entry.ts";
import type { SchemeChoice } from "./scheme-choices.ts";
import { pathsBelow } from "./scheme-faults.ts";
import { SchemeFields } from "./scheme-fields.tsx";

interface Form {
  readonly choice: SchemeChoice;
  readonly purpose: Purpose;
  readonly connection: Connection;
  readonly environment: Environment;
  readonly guard: { readonly error: unknown; readonly isPending: boolean; readonly conflict: ReactNode };
  readonly onSave: (entry: EnvironmentCredentialCreate) => Promise<boolean>;
  readonly onBack: () => void;
}

/** How a credential is sent, and the credential: a new one, or one that the organisation has. */
export function NewEntryForm({ choice, purpose, connection, environment, guard, onSave, onBack }: Form) {
  const org = useOrganisation();
  const maySecrets = useMay()("secrets:write");
  const preparing = useSending();
  const [config, setConfig] = useState<AuthSchemeConfigInput>(choice.config);
  const [source, setSource] = useState<"new" | "existing">("new");
  const types = typesFor(config);
  const [type, setType] = useState<CredentialType>(types[0] ?? "string");
  const place = `credentials.${purpose}[${environment.credentials[purpose].length}]`;
  const error = preparing.error ?? guard.error;
  const isSignIn = config.schemeType === "oauth2" && config.flows.authorizationCode !== undefined;

  async function submit(form: FormData) {
    // An application that was kept before the rest was refused is not made again.
    const prepared = await preparing.run(() => newEntryOf(org, { config, type, source, form }));
    if (!prepared) return;
    setConfig(prepared.authSchemeConfig);
    await onSave(prepared);
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit(new FormData(event.currentTarget));
      }}
    >
      <Stack>
        {isSignIn && <ApplicationFields config={config} error={error} onChange={setConfig} />}
        <SchemeFields config={config} purpose={purpose} error={error} path={`${place}.authSchemeConfig`} onChange={setConfig} />
        {config.schemeType !== "none" && (
          <>
            <Divider />
            <SegmentedControl
              aria-label="Which credential"
              value={source}
              onChange={(value) => setSource(value as "new" | "existing")}
              data={[
                { value: "new", label: isSignIn ? "New sign-in" : "New secret", disabled: !maySecrets },
                { value: "existing", label: "Existing one" },
              ]}
            />
            {source === "existing" ? (
              <ExistingCredential types={types} error={error} path={`${place}.credential`} />
            ) : (
              <NewCredentialFields
                types={types}
                type={type}
                onType={setType}
                error={error}
                path={`${place}.credential`}
                suggestion={`${connection.name} ${environment.name}, ${secretWords[type]}`}
              />
            )}
          </>
        )}
        <Fault error={error} shown={[...pathsBelow(`${place}.authSchemeConfig`), ...shownBelow(`${place}.credential`)]} />
        {guard.conflict}
        <Group justify="space-between">
          <Button variant="subtle" color="gray" onClick={onBack}>
            Back
          </Button>
          <Button type="submit" loading={preparing.isPending || guard.isPending}>
            Add
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const shownBelow = (path: string) =>
  ["name", "data.value", "data.username", "data.password", "data.clientId"].map((field) => `${path}.${field}`);
