import { Button, Group, Paper, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import { useChange } from "../../../api/queries.ts";
import { useOrganisation } from "../../../api/session.ts";
import { Fault } from "../../../parts/fault.tsx";
import { useConnection } from "../connection.ts";
import { VerificationSteps } from "./verification-steps.tsx";

interface Place {
  readonly environment: { readonly id: string; readonly name: string };
  readonly trigger: string;
  readonly version: string;
}

/** Pasting a delivery as it was sent, to see why it passes or fails. Nothing of it is kept. */
export function VerifyDelivery({ environment, trigger, version }: Place) {
  const org = useOrganisation();
  const { id } = useConnection();
  const verify = useChange("VerifyTriggerDelivery");
  const [headers, setHeaders] = useState("");
  const [body, setBody] = useState("");
  const [url, setUrl] = useState("");
  const pairs = headersOf(headers);
  const submit = () =>
    verify.mutate({
      params: { organisation_id: org, connection_id: id, environment_id: environment.id, trigger_name: trigger },
      body: { headers: pairs, version, ...(body !== "" && { body }), ...(url !== "" && { url }) },
    });
  return (
    <Paper id="verify">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="sm">
          <div>
            <Title order={3}>Verify a delivery</Title>
            <Text size="sm" c="dimmed">
              Paste one as it was sent, for instance from the sender's log. Mooring says step by step what it compares with the credentials
              of {environment.name}. Nothing of it is kept.
            </Text>
          </div>
          <Textarea
            label="Headers"
            description="One on each line, as in Name: value"
            placeholder={"X-Hub-Signature-256: sha256=...\nContent-Type: application/json"}
            value={headers}
            onChange={(event) => setHeaders(event.currentTarget.value)}
            autosize
            minRows={3}
            maxRows={12}
            styles={monospace}
            spellCheck={false}
            required
          />
          <Textarea
            label="Body"
            description="Exactly as it was sent: a signature covers every space"
            value={body}
            onChange={(event) => setBody(event.currentTarget.value)}
            styles={monospace}
            autosize
            minRows={3}
            maxRows={16}
            spellCheck={false}
          />
          <TextInput
            label="Address it was sent to"
            description="Only where the signature covers the address; left out, the trigger's own"
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
          />
          <Fault error={verify.error} />
          <Group>
            <Button type="submit" variant="default" loading={verify.isPending} disabled={pairs.length === 0}>
              Verify
            </Button>
          </Group>
          {verify.data && <VerificationSteps verification={verify.data.body} />}
        </Stack>
      </form>
    </Paper>
  );
}

const monospace = { input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13 } };

/** Lines as in `Name: value`; what is no header is left out. */
function headersOf(text: string): { name: string; value: string }[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const at = line.indexOf(":");
    return at > 0 ? [{ name: line.slice(0, at).trim(), value: line.slice(at + 1).trim() }] : [];
  });
}
