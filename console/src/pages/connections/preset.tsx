import { Anchor, Button, Divider, Group, Paper, Stack, Text, TextInput } from "@mantine/core";
import type { ConnectionPreset } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ExternalLink } from "lucide-react";
import { useState } from "react";
import { fieldFault } from "../../api/problem.ts";
import { queryOf } from "../../api/queries.ts";
import { useMay, useOrganisation } from "../../api/session.ts";
import { Lost } from "../../frame/lost.tsx";
import { Page } from "../../frame/page.tsx";
import { Answered } from "../../parts/answer.tsx";
import { Fault } from "../../parts/fault.tsx";
import { useSending } from "../../parts/sending.ts";
import { Ticked } from "../../parts/ticked.tsx";
import { Unsaved } from "../../parts/unsaved.tsx";
import { EnvironmentNames } from "./environment-names.tsx";
import { Mark } from "./mark.tsx";
import { connectionsCrumb, NotForRole, newCrumb, useMayCreate } from "./may-create.tsx";
import { createFromPreset, type PresetStructure, shownPresetFields } from "./preset-body.ts";
import { PresetProof } from "./preset-proof.tsx";

/** A new connection to an API that Mooring knows: asks only for what differs from one customer to the next. */
export function FromPreset() {
  const org = useOrganisation();
  const { preset: slug } = useParams({ from: "/signed-in/o/$org/connections/new/preset/$preset" });
  const query = useQuery({
    ...queryOf("ListConnectionPresets", { params: { organisation_id: org } }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!useMayCreate()) return <NotForRole />;
  return (
    <Answered query={query}>
      {({ presets }) => {
        const preset = presets.find((one) => one.slug === slug);
        return preset ? <PresetForm preset={preset} key={slug} /> : <Lost />;
      }}
    </Answered>
  );
}

function PresetForm({ preset }: { preset: ConnectionPreset }) {
  const org = useOrganisation();
  const navigate = useNavigate();
  const may = useMay();
  const sending = useSending();
  const [isDirty, setDirty] = useState(false);
  const [structure, setStructure] = useState<PresetStructure>({
    environments: ["prod"],
    variables: Object.fromEntries(preset.environmentVariables.map(({ name, value }) => [name, value])),
    scheme: may("secrets:write") ? 0 : undefined,
    place: 0,
  });
  const set = (change: Partial<PresetStructure>) => {
    setDirty(true);
    setStructure({ ...structure, ...change });
  };
  const submit = async (form: FormData) => {
    // Under way until its page is there: what is sent once more before that would be a second connection.
    await sending.run(async () => {
      const { id } = await createFromPreset(org, preset, structure, form);
      await navigate({ to: "/o/$org/connections/$connection", params: { org, connection: id }, ignoreBlocker: true });
    });
  };
  return (
    <Page title={`New connection to ${preset.name}`} crumbs={[connectionsCrumb(org), newCrumb(org)]}>
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
            <Facts preset={preset} />
            <TextInput
              name="name"
              label="Name"
              description="What people call the connection."
              defaultValue={preset.name}
              required
              error={fieldFault(sending.error, "name")}
              autoComplete="off"
            />
            {preset.environmentVariables.map(({ name, description }, at) => (
              <TextInput
                key={name}
                label={labelOf(name)}
                description={<Ticked>{description}</Ticked>}
                required
                value={structure.variables[name] ?? ""}
                error={fieldFault(sending.error, `environmentVariables[${at}].value`)}
                onChange={(event) => set({ variables: { ...structure.variables, [name]: event.currentTarget.value } })}
                autoComplete="off"
                spellCheck={false}
              />
            ))}
            <EnvironmentNames
              names={structure.environments}
              error={sending.error}
              onChange={(environments) => set({ environments, place: Math.min(structure.place, environments.length - 1) })}
            />
            {may("secrets:write") && (
              <>
                <Divider />
                <PresetProof preset={preset} structure={structure} error={sending.error} onChange={set} />
              </>
            )}
            <Fault error={sending.error} shown={shownPresetFields(preset, structure)} />
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

function Facts({ preset: { slug, name, summary, baseUrl, documentationUrl, signaturePreset } }: { preset: ConnectionPreset }) {
  return (
    <Group wrap="nowrap" align="flex-start">
      <Mark slug={slug} name={name} />
      <Stack gap={4} miw={0}>
        <Text size="sm">
          <Ticked>{summary}</Ticked>
        </Text>
        <Text size="sm" ff="monospace" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {baseUrl}
        </Text>
        {signaturePreset && (
          <Text size="sm" c="dimmed">
            Mooring knows how its webhooks are signed.
          </Text>
        )}
        <Anchor size="sm" href={documentationUrl} target="_blank" rel="noreferrer">
          Documentation of {name} <ExternalLink size={12} aria-label="(opens in a new tab)" role="img" />
        </Anchor>
      </Stack>
    </Group>
  );
}

const labelOf = (name: string) => name.slice(0, 1).toUpperCase() + name.slice(1).replaceAll(/[_.-]/g, " ");
