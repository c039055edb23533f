import { Button, Group, Paper, Radio, Stack, TextInput } from "@mantine/core";
import type { CredentialCreate, CredentialType } from "@mooring/contract";
import { useNavigate } from "@tanstack/react-router";
import { VenetianMask } from "lucide-react";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { fieldFault } from "../../api/problem.ts";
import { useMay, useOrganisation } from "../../api/session.ts";
import { Page } from "../../frame/page.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Fault } from "../../parts/fault.tsx";
import { useSending } from "../../parts/sending.ts";
import { Unsaved } from "../../parts/unsaved.tsx";
import { dataOf } from "./data.ts";
import { DataFields } from "./data-fields.tsx";
import { typeHints, typeWords } from "./words.ts";

const offered: readonly CredentialType[] = ["string", "basic-auth", "oauth2-client", "oauth2-token", "binary"];

/** Keeping a new secret, before anything uses it. */
export function NewCredential() {
  const org = useOrganisation();
  const may = useMay();
  const navigate = useNavigate();
  const sending = useSending();
  const [type, setType] = useState<CredentialType>("string");
  const [isDirty, setDirty] = useState(false);
  const crumbs = [{ label: "Credentials", link: { to: "/o/$org/credentials", params: { org } } as const }];
  if (!may("secrets:write"))
    return (
      <Page title="New credential" crumbs={crumbs}>
        <Empty icon={VenetianMask} title="Not for your role">
          Your role may see credentials, and not keep new ones. Ask an owner or admin of the organisation.
        </Empty>
      </Page>
    );

  async function submit(form: FormData) {
    const data = await dataOf(type, form);
    const body = { name: String(form.get("credentialName")), type, data } as CredentialCreate;
    // Under way until its page is there: what is sent once more before that would be a second credential.
    await sending.run(async () => {
      const { body: made } = await call("CreateCredential", { params: { organisation_id: org }, body });
      setDirty(false);
      await navigate({ to: "/o/$org/credentials/$credential", params: { org, credential: made.id }, ignoreBlocker: true });
    });
  }

  return (
    <Page title="New credential" about="The secret is sealed at once. Environments of connections use it by its name." crumbs={crumbs}>
      <Paper maw={640} p="lg">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void submit(new FormData(event.currentTarget));
          }}
          onChange={() => setDirty(true)}
        >
          <Stack>
            <TextInput
              name="credentialName"
              label="Name"
              description="What people call it, as in GitHub, read only."
              error={fieldFault(sending.error, "name")}
              required
              autoComplete="off"
            />
            <Radio.Group label="Kind" value={type} onChange={(value) => setType(value as CredentialType)}>
              <Stack gap="xs" mt={6}>
                {offered.map((one) => (
                  <Radio key={one} value={one} label={typeWords[one]} description={typeHints[one]} />
                ))}
              </Stack>
            </Radio.Group>
            <Stack key={type}>
              <DataFields type={type} error={sending.error} path="data" />
            </Stack>
            <Fault error={sending.error} shown={["name"]} />
            <Group justify="flex-end">
              <Button type="submit" loading={sending.isPending}>
                Keep the secret
              </Button>
            </Group>
          </Stack>
        </form>
      </Paper>
      <Unsaved isDirty={isDirty} />
    </Page>
  );
}
