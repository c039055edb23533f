import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { KeyRound } from "lucide-react";
import { CodeBlock } from "../../../parts/copy.tsx";

/** A new signing key, to be shown once. */
export function SigningKey({ secret, onDone }: { secret: string; onDone: () => void }) {
  return (
    <Stack maw={760}>
      <Alert color="orange" icon={<KeyRound size={18} />} title="Shown this once">
        <Text size="sm">
          Every event is signed with this key, in the way of Standard Webhooks. Put it where the receiver reads its secrets, so that it can
          tell Mooring's events from others'.
        </Text>
      </Alert>
      <CodeBlock title="The signing key" code={secret} />
      <Group>
        <Button variant="default" onClick={onDone}>
          I have it
        </Button>
      </Group>
    </Stack>
  );
}
