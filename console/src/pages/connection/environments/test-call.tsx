import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import type { Connection, Environment, EnvironmentCredential } from "@mooring/contract";
import { useState } from "react";
import { useOrganisation } from "../../../api/session.ts";
import { Dialog } from "../../../parts/dialog.tsx";
import { Fault } from "../../../parts/fault.tsx";
import { useSending } from "../../../parts/sending.ts";
import { TestResult } from "./test-result.tsx";
import { isWithin, sendTest, type Tested } from "./test-sending.ts";

interface Testing {
  readonly connection: Connection;
  readonly environment: Environment;
  readonly entry: EnvironmentCredential;
  readonly onClose: () => void;
}

/** A call through the gateway to see whether the credentials are taken, and what each of them did to it. */
export function TestCall({ connection, environment, entry, onClose }: Testing) {
  const org = useOrganisation();
  const sending = useSending();
  const [tested, setTested] = useState<Tested>();
  const [path, setPath] = useState("/");
  const place = { org, connection: connection.id, environment: environment.id };
  const isFitting = isWithin(place, path);

  async function test() {
    setTested(undefined);
    setTested(await sending.run(() => sendTest(place, path)));
  }

  return (
    <Dialog opened onClose={onClose} title={`Test ${entry.credential.name}`} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isFitting) void test();
        }}
      >
        <Stack>
          <Text size="sm">
            A real call goes to the outside system through {environment.name}, with all of the environment's credentials on it. Choose a
            path that only reads.
          </Text>
          <Group align="start" gap="xs" wrap="nowrap">
            <TextInput
              label="Path of the GET"
              value={path}
              onChange={(event) => setPath(event.currentTarget.value)}
              error={isFitting ? undefined : "It has to stay below the connection's base URL."}
              style={{ flex: 1 }}
              data-autofocus
            />
            <Button type="submit" mt={25} loading={sending.isPending} disabled={!isFitting}>
              Send
            </Button>
          </Group>
          <Fault error={sending.error} />
          {tested && <TestResult tested={tested} credential={entry.credential.id} />}
        </Stack>
      </form>
    </Dialog>
  );
}
