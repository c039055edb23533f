import { Alert, Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { Subscription, SubscriptionCreate, SubscriptionUpdate } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { type Answer, call } from "../../../api/client.ts";
import { taggedQueryOf, useChange } from "../../../api/queries.ts";
import { useMay } from "../../../api/session.ts";
import { useTitle } from "../../../frame/page.tsx";
import { Answered } from "../../../parts/answer.tsx";
import { Back } from "../../../parts/back.tsx";
import { Deleting } from "../../../parts/deleting.tsx";
import { Fault } from "../../../parts/fault.tsx";
import { useGuarded } from "../../../parts/guarded.tsx";
import { useSending } from "../../../parts/sending.ts";
import { Ago, Moment } from "../../../parts/time.tsx";
import { useConnection } from "../connection.ts";
import { Deliveries } from "./deliveries.tsx";
import { SigningKey } from "./signing-key.tsx";
import { SubscriptionForm } from "./subscription-form.tsx";
import { DestinationState, Uses } from "./subscriptions.tsx";

const from = "/signed-in/o/$org/connections/$connection/subscriptions/$subscription";

function useParameters() {
  const { org, connection, subscription } = useParams({ from });
  return { organisation_id: org, connection_id: connection, subscription_id: subscription };
}

/** One subscription: what it uses, where its events go, its keys, and how deliveries fare. */
export function OneSubscription() {
  const { name } = useConnection();
  const query = useQuery({ ...taggedQueryOf("GetSubscription", { params: useParameters() }), select: (answer) => answer });
  useTitle(`${query.data?.body.name ?? "Subscription"} · ${name}`);
  return <Answered query={query}>{(answer) => <Shown current={answer} />}</Answered>;
}

function Shown({ current }: { current: Answer<Subscription> }) {
  const may = useMay();
  const { org, connection } = useParams({ from });
  const [isEditing, setEditing] = useState(false);
  const [secret, setSecret] = useState<string>();
  const { body: subscription } = current;
  const { destination } = subscription;
  if (secret !== undefined) return <SigningKey secret={secret} onDone={() => setSecret(undefined)} />;
  if (isEditing) return <Edit current={current} onDone={() => setEditing(false)} onSecret={setSecret} />;
  return (
    <Stack gap="lg">
      <Back link={{ to: "/o/$org/connections/$connection/subscriptions", params: { org, connection } }} label="All subscriptions" />
      <Group justify="space-between">
        <Title order={2}>{subscription.name}</Title>
        {may("connections:write") && (
          <Group>
            <Button variant="default" onClick={() => setEditing(true)}>
              Edit
            </Button>
            <Delete subscription={subscription} />
          </Group>
        )}
      </Group>
      <Text size="sm" component="div">
        Uses <Uses subscription={subscription} />.
      </Text>
      {destination ? (
        <Paper>
          <Stack gap="sm">
            <Group>
              <Title order={3}>Destination</Title>
              <DestinationState destination={destination} />
            </Group>
            <Text size="sm" style={{ overflowWrap: "anywhere" }}>
              {destination.url}
            </Text>
            <Trouble destination={destination} />
            <Keys destination={destination} onSecret={setSecret} />
          </Stack>
        </Paper>
      ) : (
        <Text size="sm">It has no destination: its events are read over the API, and what was dealt with is acknowledged there.</Text>
      )}
      {may("events:read") && destination && <Deliveries />}
    </Stack>
  );
}

type Destination = NonNullable<Subscription["destination"]>;

function Trouble({ destination: { state, reason, pausedUntil, failures } }: { destination: Destination }) {
  const may = useMay();
  const params = useParameters();
  const resume = useChange("ResumeSubscription");
  if (state === "active" && pausedUntil === undefined && failures === 0) return null;
  return (
    <Alert color={state === "disabled" ? "red" : "orange"}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          {reason ?? "Attempts go wrong."} {failures > 0 && `${failures} in a row.`}{" "}
          {pausedUntil && (
            <>
              Nothing is sent before <Moment at={pausedUntil} />; nothing is lost.
            </>
          )}
        </Text>
        {may("events:write") && (
          <Button size="xs" variant="default" loading={resume.isPending} onClick={() => resume.mutate({ params })}>
            Send again now
          </Button>
        )}
        <Fault error={resume.error} />
      </Stack>
    </Alert>
  );
}

function Keys({ destination: { keys }, onSecret }: { destination: Destination; onSecret: (secret: string) => void }) {
  const may = useMay();
  const params = useParameters();
  const sending = useSending();
  const rotate = async () => {
    const answer = await sending.run(() => call("RotateSubscriptionKey", { params, body: {} }));
    if (answer?.body.key) onSecret(answer.body.key);
  };
  return (
    <Stack gap={4} align="flex-start">
      <Text size="sm" fw={600}>
        Signed with
      </Text>
      {keys.map(({ id, hint, createdAt, expiresAt }) => (
        <Text size="sm" key={id}>
          <code>{hint}…</code> made <Ago at={createdAt} />
          {expiresAt && (
            <>
              , beside the newer one until <Moment at={expiresAt} />
            </>
          )}
        </Text>
      ))}
      {may("events:write") && (
        <Button size="xs" variant="default" loading={sending.isPending} onClick={() => void rotate()}>
          Make a new key
        </Button>
      )}
      <Text size="xs" c="dimmed">
        For a day, events are then signed with both.
      </Text>
      <Fault error={sending.error} />
    </Stack>
  );
}

function Edit({ current, onDone, onSecret }: { current: Answer<Subscription>; onDone: () => void; onSecret: (secret: string) => void }) {
  const params = useParameters();
  const [base] = useState(current);
  const guarded = useGuarded<Subscription, SubscriptionUpdate>({
    read: () => call("GetSubscription", { params }),
    send: async (body, ifMatch) => {
      const answer = await call("UpdateSubscription", { params, body }, { ifMatch });
      if (answer.body.key) onSecret(answer.body.key);
      return answer;
    },
    readable: (noun, change) => editable(change ?? noun),
  });
  return (
    <Stack>
      <Title order={2}>Edit {base.body.name}</Title>
      {guarded.conflict}
      <Paper maw={760}>
        <SubscriptionForm
          initial={editable(base.body)}
          verb="Save"
          error={guarded.error}
          isPending={guarded.isPending}
          onSubmit={(body) => void guarded.save({ base, make: ({ id }) => ({ ...body, id }), onSaved: onDone, onLeft: onDone })}
          onCancel={onDone}
        />
      </Paper>
    </Stack>
  );
}

/** What of a subscription is a person's to change. */
function editable(subscription: Subscription | SubscriptionUpdate): SubscriptionCreate {
  const { name, version, environment, trigger, ownEvents, ownEventsOnly, filter, destination } = subscription;
  const all = {
    name,
    version,
    environment,
    trigger,
    ownEvents,
    ownEventsOnly,
    filter,
    destination: destination && { url: destination.url },
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as SubscriptionCreate;
}

function Delete({ subscription: { name } }: { subscription: Subscription }) {
  const params = useParameters();
  const navigate = useNavigate();
  const remove = async () => {
    await call("DeleteSubscription", { params });
    const { organisation_id: org, connection_id: connection } = params;
    await navigate({ to: "/o/$org/connections/$connection/subscriptions", params: { org, connection } });
  };
  return (
    <Deleting title="Delete the subscription" name={name} remove={remove}>
      <Text size="sm">
        Nothing is sent to it any more, what waits for it included. What it used may be unpublished and removed from then on.
      </Text>
    </Deleting>
  );
}
