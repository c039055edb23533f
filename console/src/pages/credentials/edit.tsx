import { Button, Group, Paper, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import type { Credential, CredentialUpdate } from "@mooring/contract";
import { useRef, useState } from "react";
import { type Answer, call } from "../../api/client.ts";
import { fieldFault } from "../../api/problem.ts";
import { useOrganisation } from "../../api/session.ts";
import { Fault } from "../../parts/fault.tsx";
import { useGuarded } from "../../parts/guarded.tsx";
import { Unsaved } from "../../parts/unsaved.tsx";
import { type Data, dataOf, hasSecret, mask } from "./data.ts";
import { DataFields } from "./data-fields.tsx";
import { EndOverlap } from "./end-overlap.tsx";

/** Renaming a credential, and replacing what it holds: only what is typed is replaced. */
export function EditCredential({ answer }: { answer: Answer<Credential> }) {
  const org = useOrganisation();
  const params = { organisation_id: org, credential_id: answer.body.id };
  const guard = useGuarded<Credential, CredentialUpdate>({
    read: () => call("GetCredential", { params }),
    send: (body, ifMatch) => call("UpdateCredential", { params, body }, { ifMatch }),
    readable: (credential, change) => readable(change ?? credential),
  });
  // What the person saw when they began: who changed it after that is told of.
  const base = useRef<Answer<Credential>>(undefined);
  const [round, setRound] = useState(0);
  const [isDirty, setDirty] = useState(false);
  const [isReplacing, setReplacing] = useState(false);
  const { type, name, data } = base.current?.body ?? answer.body;
  const isOverlapping = type === "string" || type === "binary" || type === "basic-auth";

  // Everything typed goes with the fields, which the next round makes anew.
  function clear() {
    base.current = undefined;
    setDirty(false);
    setReplacing(false);
    setRound((before) => before + 1);
  }

  async function submit(form: FormData) {
    const sent = await dataOf(type, form, data as Data);
    const seconds = Number(form.get("previousValidSeconds") ?? 0);
    const isKept = isOverlapping && seconds > 0 && hasSecret(type, form);
    const make = ({ id }: Credential) =>
      ({ id, type, name: String(form.get("name")), data: sent, ...(isKept ? { previousValidSeconds: seconds } : {}) }) as CredentialUpdate;
    await guard.save({ base: base.current ?? answer, make, onSaved: clear, onLeft: clear });
  }

  return (
    <Paper p="lg" component="section" maw={720}>
      <form
        key={round}
        onChange={(event) => {
          base.current ??= answer;
          setDirty(true);
          setReplacing(hasSecret(type, new FormData(event.currentTarget)));
        }}
        onSubmit={(event) => {
          event.preventDefault();
          void submit(new FormData(event.currentTarget));
        }}
      >
        <Stack>
          <div>
            <Title order={2}>Change it</Title>
            <Text size="sm" c="dimmed">
              A secret is never shown. Leave its field empty to keep it as it is; what you type replaces it for good.
            </Text>
          </div>
          <TextInput name="name" label="Name" defaultValue={name} error={fieldFault(guard.error, "name")} required autoComplete="off" />
          <DataFields type={type} stored={data as Data} error={guard.error} path="data" />
          {isOverlapping && isReplacing && <Overlap error={fieldFault(guard.error, "previousValidSeconds")} />}
          <EndOverlap answer={answer} />
          <Fault error={guard.error} shown={["name", "data.value", "data.valueBase64", "data.username", "data.password"]} />
          {guard.conflict}
          <Group justify="flex-end">
            {isDirty && (
              <Button variant="default" onClick={clear}>
                Discard
              </Button>
            )}
            <Button type="submit" disabled={!isDirty} loading={guard.isPending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
      <Unsaved isDirty={isDirty} />
    </Paper>
  );
}

function Overlap({ error }: { error: string | undefined }) {
  return (
    <Select
      name="previousValidSeconds"
      label="The secret that it replaces"
      description="Senders of webhooks need a while until they use the new one. Calls use the new one at once."
      defaultValue="0"
      allowDeselect={false}
      error={error}
      data={[
        { value: "0", label: "ends at once" },
        { value: "3600", label: "is good for another hour, for what comes in" },
        { value: "86400", label: "is good for another day, for what comes in" },
        { value: "604800", label: "is good for another 7 days, for what comes in" },
      ]}
    />
  );
}

/** Name and what is no secret: of a secret, that it is new. */
function readable({ name, data }: Credential | CredentialUpdate): unknown {
  const shown = Object.entries(data).map(([field, value]) => [field, secrets.has(field) ? secretWord(value) : value]);
  return { name, ...Object.fromEntries(shown) };
}

const secretWord = (value: unknown) => (value === mask || value === "" ? "kept" : "a new secret");
const secrets = new Set(["value", "valueBase64", "password", "clientSecret", "accessToken", "refreshToken"]);
