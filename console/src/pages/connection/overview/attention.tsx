import { Alert, Anchor, List, Text } from "@mantine/core";
import type { Connection, ConnectionHealth } from "@mooring/contract";
import { Link } from "@tanstack/react-router";
import { CircleX, Footprints, UserRoundX } from "lucide-react";
import { useMay, useOrganisation } from "../../../api/session.ts";

interface Doing {
  readonly connection: Connection;
  readonly health: ConnectionHealth;
}

/** What needs a person and what fails, each with the way to mend it; of a connection that was never called, what to do first. */
export function Attention({ connection, health }: Doing) {
  // Where a person is needed, calls fail for that reason, which was said.
  const failing = health.environments.filter((one) => one.health === "failing" && one.failuresLastHour > 0);
  return (
    <>
      {health.attention.length > 0 && <Secrets attention={health.attention} />}
      {failing.length > 0 && <Failures connection={connection.id} environments={failing} />}
      {health.attention.length === 0 && health.environments.every(({ lastCallAt }) => lastCallAt === undefined) && (
        <FirstSteps connection={connection} />
      )}
    </>
  );
}

function Secrets({ attention }: Pick<ConnectionHealth, "attention">) {
  const org = useOrganisation();
  const needsPerson = attention.some(({ state }) => state === "reauth_required");
  return (
    <Alert
      color={needsPerson ? "orange" : "red"}
      icon={<UserRoundX size={18} />}
      title={needsPerson ? "A person is needed" : "A token cannot be renewed at present"}
    >
      <List size="sm" spacing="xs" listStyleType="none">
        {attention.map(({ credential, state, reason }) => (
          <List.Item key={credential.id}>
            {state === "reauth_required" ? "Somebody has to sign in for " : "Mooring tries again by itself with "}
            <Anchor
              size="sm"
              underline="always"
              renderRoot={(props) => <Link {...props} to="/o/$org/credentials/$credential" params={{ org, credential: credential.id }} />}
            >
              {credential.name}
            </Anchor>
            .
            {reason && (
              <Text size="sm" c="dimmed">
                {reason}
              </Text>
            )}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

function Failures({ connection, environments }: { connection: string } & Pick<ConnectionHealth, "environments">) {
  const org = useOrganisation();
  return (
    <Alert color="red" icon={<CircleX size={18} />} title="Calls fail">
      <List size="sm" spacing="xs" listStyleType="none">
        {environments.map(({ id, name, callsLastHour, failuresLastHour }) => (
          <List.Item key={id}>
            In <b>{name}</b>, {failuresLastHour.toLocaleString("en")} of {callsLastHour.toLocaleString("en")} calls failed within the last
            hour.{" "}
            <Anchor
              size="sm"
              underline="always"
              renderRoot={(props) => <Link {...props} to="/o/$org/calls" params={{ org }} search={{ connection, environment: id }} />}
            >
              See these calls
            </Anchor>
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

/** Only what is not done yet, and only for whoever may do it. */
function FirstSteps({ connection }: Pick<Doing, "connection">) {
  const org = useOrganisation();
  const may = useMay();
  const params = { org, connection: connection.id };
  const bare = connection.environments.find(({ credentials }) => credentials.action.length === 0);
  const asksNone = connection.authSchemeConfigs.length > 0 && connection.authSchemeConfigs.every(({ schemeType }) => schemeType === "none");
  const needsSecret = bare !== undefined && !asksNone && may("secrets:write");
  if (!needsSecret && !may("gateway:call")) return null;
  return (
    <Alert color="harbour" icon={<Footprints size={18} />} title="First steps">
      <List size="sm" spacing={6} type="ordered">
        {needsSecret && (
          <List.Item>
            <Anchor
              size="sm"
              underline="always"
              renderRoot={(props) => (
                <Link
                  {...props}
                  to="/o/$org/connections/$connection/environments/$environment"
                  params={{ ...params, environment: bare.id }}
                />
              )}
            >
              Give {bare.name} a credential
            </Anchor>
            , if the system asks for one.
          </List.Item>
        )}
        {may("gateway:call") && (
          <List.Item>
            <Anchor
              size="sm"
              underline="always"
              renderRoot={(props) => <Link {...props} to="/o/$org/connections/$connection/actions" params={params} />}
            >
              Try an action
            </Anchor>{" "}
            here, or make a call with the lines below.
          </List.Item>
        )}
      </List>
    </Alert>
  );
}
