import { ActionIcon, Button, Group, NativeSelect, Popover, Stack, Text, TextInput } from "@mantine/core";
import type { AuthSchemeConfigInput, Connection } from "@mooring/contract";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { fieldFault } from "../../../api/problem.ts";
import { FieldGroup } from "../../../parts/field-group.tsx";
import { schemeWords } from "../../credentials/words.ts";
import classes from "./schemes-field.module.css";

interface Schemes {
  readonly protocol: Connection["protocol"];
  readonly schemes: readonly AuthSchemeConfigInput[];
  readonly error: unknown;
  readonly onChange: (schemes: AuthSchemeConfigInput[]) => void;
}

/** The ways to prove identity that a connection offers to its environments: a list to take from and add to. */
export function SchemesField({ protocol, schemes, error, onChange }: Schemes) {
  return (
    <FieldGroup
      legend="Ways to prove identity"
      description="What environments are offered when they get a credential. Credentials that are there keep the way they have."
    >
      {schemes.length > 0 && (
        <ul className={classes.schemes}>
          {schemes.map((scheme, at) => {
            const words = schemeWords(scheme);
            const fault = ["", ".name", ".schemeType"].map((field) => fieldFault(error, `authSchemeConfigs[${at}]${field}`)).find(Boolean);
            return (
              <li key={`${at.toString()}${words}`}>
                <Group justify="space-between" wrap="nowrap" gap="xs">
                  <div>
                    <Text size="sm">{words}</Text>
                    {fault && (
                      <Text size="xs" c="var(--mantine-color-error)">
                        {fault}
                      </Text>
                    )}
                  </div>
                  <ActionIcon aria-label={`Remove: ${words}`} onClick={() => onChange(schemes.filter((_, index) => index !== at))}>
                    <Trash2 size={16} />
                  </ActionIcon>
                </Group>
              </li>
            );
          })}
        </ul>
      )}
      <Adding protocol={protocol} onAdd={(scheme) => onChange([...schemes, scheme])} />
    </FieldGroup>
  );
}

const kinds = {
  http: [
    { value: "api-key", label: "API key or token" },
    { value: "basic-auth", label: "User name and password" },
    { value: "none", label: "No proof is asked for" },
  ],
  bigquery: [{ value: "google-service-account", label: "Google service account" }],
} as const satisfies Record<Connection["protocol"], readonly { value: AuthSchemeConfigInput["schemeType"]; label: string }[]>;

function Adding({ protocol, onAdd }: { protocol: Connection["protocol"]; onAdd: (scheme: AuthSchemeConfigInput) => void }) {
  const [isOpen, setOpen] = useState(false);
  const [kind, setKind] = useState<string>(kinds[protocol][0].value);
  const [name, setName] = useState("Authorization");
  const [carrier, setCarrier] = useState("header");
  const add = () => {
    onAdd((kind === "api-key" ? { schemeType: kind, name, in: carrier } : { schemeType: kind }) as AuthSchemeConfigInput);
    setOpen(false);
  };
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" trapFocus shadow="md">
      <Popover.Target>
        <Button
          size="xs"
          variant="default"
          leftSection={<Plus size={14} />}
          style={{ alignSelf: "flex-start" }}
          onClick={() => setOpen(!isOpen)}
        >
          Add a way
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <NativeSelect label="Kind" data={[...kinds[protocol]]} value={kind} onChange={(event) => setKind(event.currentTarget.value)} />
          {kind === "api-key" && (
            <>
              <NativeSelect
                label="Where it goes"
                data={[
                  { value: "header", label: "Header" },
                  { value: "query", label: "Query parameter" },
                  { value: "cookie", label: "Cookie" },
                ]}
                value={carrier}
                onChange={(event) => setCarrier(event.currentTarget.value)}
              />
              <TextInput
                label="Name"
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
                spellCheck={false}
                autoComplete="off"
              />
            </>
          )}
          <Text size="xs" c="dimmed" maw={280}>
            OAuth 2.0 and signatures are set up where they are used, in an environment.
          </Text>
          <Group justify="flex-end">
            <Button size="xs" onClick={add} disabled={kind === "api-key" && name.trim() === ""}>
              Add
            </Button>
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
