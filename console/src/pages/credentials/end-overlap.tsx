import { Alert, Button, Group, Text } from "@mantine/core";
import type { Credential, CredentialUpdate } from "@mooring/contract";
import { type Answer, call } from "../../api/client.ts";
import { useOrganisation } from "../../api/session.ts";
import { Fault } from "../../parts/fault.tsx";
import { useSending } from "../../parts/sending.ts";
import { Moment } from "../../parts/time.tsx";

/** Ends the time in which the secret before is good as well; nothing where there is none. */
export function EndOverlap({ answer: { body, etag } }: { answer: Answer<Credential> }) {
  const org = useOrganisation();
  const sending = useSending();
  if (!("previousValidUntil" in body) || body.previousValidUntil === undefined) return null;
  const { id, type, name, data } = body;
  const end = () => {
    const params = { organisation_id: org, credential_id: id };
    const kept = { id, type, name, data, previousValidSeconds: 0 } as CredentialUpdate;
    return sending.run(() => call("UpdateCredential", { params, body: kept }, { ifMatch: etag }));
  };
  return (
    <Alert color="gray">
      <Group justify="space-between">
        <Text size="sm">
          The secret before this one is good until <Moment at={body.previousValidUntil} />, for what comes in.
        </Text>
        <Button size="xs" variant="default" loading={sending.isPending} onClick={() => void end()}>
          End it now
        </Button>
      </Group>
      <Fault error={sending.error} />
    </Alert>
  );
}
