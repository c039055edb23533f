import { Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import type { Credential } from "@mooring/contract";
import { RefreshCw } from "lucide-react";
import { useState } from "react";
import { fill, sendRaw } from "../../api/client.ts";
import { useOrganisation } from "../../api/session.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { Fault } from "../../parts/fault.tsx";
import { useSending } from "../../parts/sending.ts";

/** Has the token renewed now. Mooring renews one for a call, so a call is made. */
export function Renew({ credential }: { credential: Credential }) {
  const org = useOrganisation();
  const usages = credential.usages ?? [];
  const sending = useSending();
  const [isOpen, setOpen] = useState(false);
  const [result, setResult] = useState<string>();
  const [environmentId, setEnvironment] = useState(usages[0]?.environment.id ?? "");
  const environment = usages.find((usage) => usage.environment.id === environmentId)?.environment;
  if (usages.length === 0) return null;

  async function renew(path: string) {
    if (!environment) return;
    setResult(undefined);
    const params = { org, connection: environment.connection.id, environment: environment.id };
    const base = fill("/o/{org}/connections/{connection}/environments/{environment}/proxy/", params);
    const answer = await sending.run(() =>
      sendRaw("GET", `${base}${path.replace(/^\/+/, "")}`, { headers: { "mooring-refresh-credential": "true" } }),
    );
    if (!answer) return;
    const isGateways = answer.headers.get("mooring-origin") !== "upstream";
    const body = isGateways ? ((await answer.json().catch(() => ({}))) as { message?: string }) : {};
    setResult(
      isGateways ? (body.message ?? `Mooring answered ${answer.status}.`) : `Renewed. The call was answered with ${answer.status}.`,
    );
    void answer.body?.cancel().catch(() => undefined);
  }

  return (
    <>
      <div>
        <Button variant="default" leftSection={<RefreshCw size={16} />} onClick={() => setOpen(true)}>
          Renew now
        </Button>
      </div>
      <Dialog opened={isOpen} onClose={() => setOpen(false)} title="Renew the token now">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void renew(String(new FormData(event.currentTarget).get("path")));
          }}
        >
          <Stack>
            <Text size="sm">
              Tokens are renewed by themselves before they end. To have it done now, Mooring makes a call and asks for a new token first.
            </Text>
            <Select
              label="Through"
              value={environmentId}
              onChange={(value) => setEnvironment(value ?? "")}
              allowDeselect={false}
              data={usages.map((usage) => ({
                value: usage.environment.id,
                label: `${usage.environment.connection.name} / ${usage.environment.name}`,
              }))}
            />
            <TextInput name="path" label="Path of the call" description="It is a GET." defaultValue="/" required />
            <Fault error={sending.error} />
            {result && (
              <Text size="sm" role="status">
                {result}
              </Text>
            )}
            <Group justify="flex-end">
              <Button type="submit" loading={sending.isPending}>
                Renew
              </Button>
            </Group>
          </Stack>
        </form>
      </Dialog>
    </>
  );
}
