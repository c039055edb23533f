import { Alert, Anchor, Button, Checkbox, Collapse, Group, Loader, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { ChevronDown, CircleCheck, ExternalLink, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { optionsFor, type SignIn, type SignInOptions, useSignIn } from "./sign-in.ts";

interface Connecting {
  readonly org: string;
  readonly connection: string;
  readonly credential: string;
  /** Where the person will sign in, for the first guess at what the server wants. */
  readonly authorizeUrl: string;
  /** Whether somebody did before. */
  readonly isConnected: boolean;
  readonly onBegin?: () => void;
}

/** Lets a person sign in at an outside system in a window of its own, and says how it ended. */
export function Connect({ org, connection, credential, authorizeUrl, isConnected, onBegin }: Connecting) {
  const { signIn, start, cancel } = useSignIn({ org, connection, credential });
  const [options, setOptions] = useState(() => optionsFor(authorizeUrl));
  const [isOpen, { toggle }] = useDisclosure(false);
  const isBusy = signIn.stage === "starting" || signIn.stage === "waiting";
  const verb = isConnected ? "Sign in again" : "Connect";
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Button
          leftSection={<ExternalLink size={16} />}
          loading={signIn.stage === "starting"}
          variant={isConnected ? "default" : "filled"}
          onClick={() => {
            onBegin?.();
            void start(options);
          }}
        >
          {signIn.stage === "waiting" ? "Open the window again" : verb}
        </Button>
        {!isBusy && (
          <UnstyledButton onClick={toggle} aria-expanded={isOpen} fz="sm" c="dimmed">
            <Group gap={4}>
              Options of the sign-in <ChevronDown size={14} />
            </Group>
          </UnstyledButton>
        )}
      </Group>
      <Collapse expanded={isOpen && !isBusy}>
        <OptionFields options={options} onChange={setOptions} />
      </Collapse>
      <Progress signIn={signIn} onCancel={cancel} />
    </Stack>
  );
}

function OptionFields({ options, onChange }: { options: SignInOptions; onChange: (options: SignInOptions) => void }) {
  return (
    <Stack gap="sm" maw={520}>
      <Checkbox
        label="Ask for offline_access"
        description="The scope that OpenID Connect servers want for a token that can be renewed. Some others do not know it."
        checked={!options.disableOfflineAccess}
        onChange={(event) => onChange({ ...options, disableOfflineAccess: !event.currentTarget.checked })}
      />
      <TextInput
        label="Prompt"
        description="Such as consent, so that the server asks the person again."
        value={options.prompt ?? ""}
        onChange={(event) => onChange({ ...options, prompt: event.currentTarget.value || undefined })}
      />
      <TextInput
        label="More parameters of the address"
        description="As in access_type=offline&amp;hd=example.com"
        value={options.additionalParams ?? ""}
        onChange={(event) => onChange({ ...options, additionalParams: event.currentTarget.value || undefined })}
      />
    </Stack>
  );
}

function Progress({ signIn, onCancel }: { signIn: SignIn; onCancel: () => void }) {
  switch (signIn.stage) {
    case "idle":
    case "starting":
      return null;
    case "connected":
      return (
        <Alert color="green" icon={<CircleCheck size={18} />} role="status" title="Connected">
          Calls carry the token from now on, and Mooring renews it before it ends.
        </Alert>
      );
    case "failed":
      return (
        <Alert color="red" icon={<TriangleAlert size={18} />} role="alert" title="Not connected">
          {signIn.message}
        </Alert>
      );
    case "waiting":
      return (
        <Group gap="sm" role="status">
          <Loader size="xs" aria-hidden />
          {signIn.link === undefined ? (
            <Text size="sm">Sign in, in the window that opened. This page goes on by itself.</Text>
          ) : (
            <Text size="sm">
              The browser kept the window from opening.{" "}
              <Anchor inherit href={signIn.link} target="_blank" rel="noopener noreferrer">
                Open it in a new tab
              </Anchor>
            </Text>
          )}
          <Button size="compact-sm" variant="subtle" color="gray" onClick={onCancel}>
            Stop waiting
          </Button>
        </Group>
      );
  }
}
