import { Button, Code, Divider, Group, Paper, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { fieldFault } from "../../api/problem.ts";
import { useMay, useOrganisation } from "../../api/session.ts";
import { Page } from "../../frame/page.tsx";
import { Fault } from "../../parts/fault.tsx";
import { useSending } from "../../parts/sending.ts";
import { Unsaved } from "../../parts/unsaved.tsx";
import { VariablesField } from "../../parts/variables-field.tsx";
import { EnvironmentNames } from "./environment-names.tsx";
import { FirstCredential } from "./first-credential.tsx";
import { connectionsCrumb, NotForRole, newCrumb, useMayCreate } from "./may-create.tsx";
import { createFromForm, type Structure, shownFields } from "./scratch-body.ts";

/** A new connection of which nothing is known but what somebody types. */
export function FromNothing() {
  const org = useOrganisation();
  const navigate = useNavigate();
  const may = useMay();
  const sending = useSending();
  const [isDirty, setDirty] = useState(false);
  const [structure, setStructure] = useState<Structure>({ protocol: "http", environments: ["dev", "prod"], variables: [], proof: "later" });
  if (!useMayCreate()) return <NotForRole />;
  const set = (change: Partial<Structure>) => {
    setDirty(true);
    setStructure({ ...structure, ...change });
  };
  const submit = async (form: FormData) => {
    // Under way until its page is there: what is sent once more before that would be a second connection.
    await sending.run(async () => {
      const { body } = await createFromForm(org, structure, form);
      await navigate({ to: "/o/$org/connections/$connection", params: { org, connection: body.id }, ignoreBlocker: true });
    });
  };
  const fault = (path: string) => fieldFault(sending.error, path);
  return (
    <Page title="New connection from nothing" crumbs={[connectionsCrumb(org), newCrumb(org)]}>
      <Paper maw={720} p={{ base: "md", sm: "xl" }}>
        <form
          noValidate
          onChange={() => setDirty(true)}
          onSubmit={(event) => {
            event.preventDefault();
            void submit(new FormData(event.currentTarget));
          }}
        >
          <Stack gap="lg">
            <Stack gap={4}>
              <Text size="sm" fw={500} id="protocol">
                What kind of system it is
              </Text>
              <SegmentedControl
                aria-labelledby="protocol"
                style={{ alignSelf: "flex-start" }}
                value={structure.protocol}
                data={[
                  { value: "http", label: "HTTP API" },
                  { value: "bigquery", label: "Google BigQuery" },
                ]}
                onChange={(protocol) => set({ protocol: protocol as Structure["protocol"], proof: "later" })}
              />
            </Stack>
            <TextInput
              name="name"
              label="Name"
              description="What people call it."
              placeholder="Order desk"
              required
              error={fault("name")}
              autoComplete="off"
            />
            {structure.protocol === "http" ? (
              <TextInput
                key="http"
                name="baseUrl"
                label="Base URL"
                description={
                  <>
                    Every path of a call comes after it. A part that differs between environments is a variable, as in{" "}
                    <Code style={{ overflowWrap: "anywhere" }}>{"https://{{ env.tenant }}.example.com"}</Code>
                  </>
                }
                placeholder="https://api.example.com/v1"
                type="url"
                required
                error={fault("baseUrl")}
                autoComplete="off"
                spellCheck={false}
              />
            ) : (
              <TextInput
                key="bigquery"
                name="datasetId"
                label="Dataset"
                description="With or without its project, as in project.dataset. Leave it empty when each query names its own."
                placeholder="project.dataset"
                error={fault("datasetId")}
                autoComplete="off"
                spellCheck={false}
              />
            )}
            <EnvironmentNames names={structure.environments} error={sending.error} onChange={(environments) => set({ environments })} />
            <VariablesField
              legend="Variables"
              description="What every environment starts with, and may change for itself. No place for secrets."
              variables={structure.variables}
              error={sending.error}
              path="environmentVariables"
              onChange={(variables) => set({ variables })}
            />
            {may("secrets:write") && (
              <>
                <Divider />
                <FirstCredential structure={structure} error={sending.error} onChange={set} />
              </>
            )}
            <Fault error={sending.error} shown={shownFields(structure)} />
            <Group justify="flex-end">
              <Button variant="default" renderRoot={(props) => <Link {...props} to="/o/$org/connections/new" params={{ org }} />}>
                Cancel
              </Button>
              <Button type="submit" loading={sending.isPending}>
                Create connection
              </Button>
            </Group>
          </Stack>
        </form>
      </Paper>
      <Unsaved isDirty={isDirty} />
    </Page>
  );
}
