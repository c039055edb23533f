import { Paper, Stack, Title } from "@mantine/core";
import type { SubscriptionCreate } from "@mooring/contract";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../../api/client.ts";
import { useOrganisation } from "../../../api/session.ts";
import { useTitle } from "../../../frame/page.tsx";
import { useSending } from "../../../parts/sending.ts";
import { useConnection } from "../connection.ts";
import { SigningKey } from "./signing-key.tsx";
import { SubscriptionForm } from "./subscription-form.tsx";

/** Making a subscription; the key that its events are signed with is shown once. */
export function NewSubscription() {
  const org = useOrganisation();
  const { id, name } = useConnection();
  const navigate = useNavigate();
  const sending = useSending();
  const [made, setMade] = useState<{ id: string; secret: string }>();
  useTitle(`New subscription · ${name}`);
  const open = (subscription: string) =>
    void navigate({ to: "/o/$org/connections/$connection/subscriptions/$subscription", params: { org, connection: id, subscription } });
  const create = async (body: SubscriptionCreate) => {
    const answer = await sending.run(() => call("CreateSubscription", { params: { organisation_id: org, connection_id: id }, body }));
    if (!answer) return;
    if (answer.body.key) setMade({ id: answer.body.id, secret: answer.body.key });
    else open(answer.body.id);
  };
  return (
    <Stack>
      <Title order={2}>{made ? "The key of your subscription" : "New subscription"}</Title>
      {made ? (
        <SigningKey secret={made.secret} onDone={() => open(made.id)} />
      ) : (
        <Paper maw={760}>
          <SubscriptionForm
            initial={{ name: "", destination: { url: "" } }}
            verb="Create the subscription"
            error={sending.error}
            isPending={sending.isPending}
            onSubmit={(body) => void create(body)}
            onCancel={() => void navigate({ to: "/o/$org/connections/$connection/subscriptions", params: { org, connection: id } })}
          />
        </Paper>
      )}
    </Stack>
  );
}
