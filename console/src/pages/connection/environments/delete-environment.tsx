import { Anchor, Checkbox, List, Stack, Text } from "@mantine/core";
import type { Connection, Environment } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../../api/client.ts";
import { Refusal } from "../../../api/problem.ts";
import { queryOf } from "../../../api/queries.ts";
import { useOrganisation } from "../../../api/session.ts";
import { Answered } from "../../../parts/answer.tsx";
import { ConfirmByName } from "../../../parts/confirm-by-name.tsx";
import { useSending } from "../../../parts/sending.ts";
import { Ago } from "../../../parts/time.tsx";

/** The last question before an environment goes: what uses it, and who called through it of late. */
export function DeleteEnvironment({
  connection,
  environment,
  onClose,
}: {
  connection: Connection;
  environment: Environment;
  onClose: () => void;
}) {
  const org = useOrganisation();
  const navigate = useNavigate();
  const sending = useSending();
  const [isForced, setForced] = useState(false);
  const isInUse = sending.error instanceof Refusal && sending.error.code === "environment_in_use";

  async function remove() {
    const params = { organisation_id: org, connection_id: connection.id, environment_id: environment.id };
    const answer = await sending.run(async () => {
      await call("DeleteEnvironment", { params, query: isForced ? { force: true } : {} });
      await navigate({
        to: "/o/$org/connections/$connection/environments",
        params: { org, connection: connection.id },
        ignoreBlocker: true,
      });
      return true;
    });
    if (answer) onClose();
  }

  return (
    <ConfirmByName
      title={`Delete the environment ${environment.name}`}
      name={environment.name}
      verb="Delete"
      isOpen
      isPending={sending.isPending}
      error={sending.error}
      onClose={onClose}
      onConfirm={() => void remove()}
    >
      <Stack gap="sm">
        <Text size="sm">Its variables go for good. Its credentials stay with the organisation.</Text>
        <Subscriptions org={org} connection={connection} environment={environment} />
        <Callers org={org} environment={environment} />
        {isInUse && (
          <Checkbox
            label="Delete the subscriptions that use it as well"
            checked={isForced}
            onChange={(event) => setForced(event.currentTarget.checked)}
          />
        )}
      </Stack>
    </ConfirmByName>
  );
}

function Subscriptions({ org, connection, environment: { id } }: { org: string; connection: Connection; environment: Environment }) {
  const params = { organisation_id: org, connection_id: connection.id };
  const query = useQuery(queryOf("ListSubscriptions", { params, query: { first: 100 } }));
  return (
    <Answered query={query}>
      {({ subscriptions }) => {
        const using = subscriptions.filter(({ environment }) => environment === id);
        if (using.length === 0) return <Text size="sm">No subscription uses it.</Text>;
        return (
          <div>
            <Text size="sm" fw={600}>
              Subscriptions that use it:
            </Text>
            <List size="sm">
              {using.map((one) => (
                <List.Item key={one.id}>
                  <Anchor
                    inherit
                    renderRoot={(props) => (
                      <Link
                        {...props}
                        to="/o/$org/connections/$connection/subscriptions/$subscription"
                        params={{ org, connection: connection.id, subscription: one.id }}
                      />
                    )}
                  >
                    {one.name}
                  </Anchor>
                </List.Item>
              ))}
            </List>
          </div>
        );
      }}
    </Answered>
  );
}

function Callers({ org, environment: { id } }: { org: string; environment: Environment }) {
  const query = useQuery(queryOf("ListCalls", { params: { organisation_id: org }, query: { environment: id, first: 100 } }));
  return (
    <Answered query={query}>
      {({ items: [last, ...rest] }) => {
        if (!last) return <Text size="sm">Nobody called through it of late.</Text>;
        const callers = new Set([last, ...rest].map(({ actor }) => `${actor.type} ${actor.id}`));
        const keys = [...callers].filter((caller) => caller.startsWith("api-key")).length;
        const people = callers.size - keys;
        return (
          <Text size="sm" component="div">
            Calls through it will fail with 404. The last came <Ago at={last.at} />; the latest {rest.length + 1} were made by{" "}
            <b>{[counted(keys, "API key", "API keys"), counted(people, "person", "people")].filter(Boolean).join(" and ")}</b>.
          </Text>
        );
      }}
    </Answered>
  );
}

const counted = (count: number, one: string, many: string) => (count === 0 ? "" : `${count} ${count === 1 ? one : many}`);
