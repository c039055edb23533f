import { Anchor, Button, Divider, Group, Stack, Text, Title } from "@mantine/core";
import type { Connection, Environment } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import type { Answer } from "../../../api/client.ts";
import { taggedQueryOf } from "../../../api/queries.ts";
import { useMay, useOrganisation } from "../../../api/session.ts";
import { useTitle } from "../../../frame/page.tsx";
import { Answered } from "../../../parts/answer.tsx";
import { Copyable } from "../../../parts/copy.tsx";
import { useConnection } from "../connection.ts";
import { CredentialList } from "./credential-list.tsx";
import { DeleteEnvironment } from "./delete-environment.tsx";
import { healthQuery } from "./health.ts";
import { Settings } from "./settings.tsx";

/** One environment, by its id or name: credentials of calls and of what comes in, variables, and how it is called. */
export function OneEnvironment() {
  const org = useOrganisation();
  const connection = useConnection();
  const { environment } = useParams({ from: "/signed-in/o/$org/connections/$connection/environments/$environment" });
  const params = { organisation_id: org, connection_id: connection.id, environment_id: environment };
  const query = useQuery(taggedQueryOf("GetEnvironment", { params }));
  return <Answered query={query}>{(answer) => <Parts key={answer.body.id} answer={answer} connection={connection} />}</Answered>;
}

function Parts({ answer, connection }: { answer: Answer<Environment>; connection: Connection }) {
  const org = useOrganisation();
  const mayWrite = useMay()("connections:write");
  const environment = answer.body;
  const health = useQuery(healthQuery(org, connection.id));
  const uses = health.data?.environments.find(({ id }) => id === environment.id)?.credentials;
  const [isDeleting, setDeleting] = useState(false);
  // Credentials are saved at once, beside a form that is not saved yet: that goes on from what the person made of it themselves.
  const [saved, setSaved] = useState<Answer<Environment>>();
  const isAlone = connection.environments.length === 1;
  useTitle(`${environment.name} · ${connection.name}`);

  return (
    <Stack gap="xl">
      <Stack gap={6}>
        <Anchor
          size="sm"
          renderRoot={(props) => (
            <Link {...props} to="/o/$org/connections/$connection/environments" params={{ org, connection: connection.id }} />
          )}
        >
          <Group gap={4} component="span" display="inline-flex">
            <ArrowLeft size={14} /> All environments
          </Group>
        </Anchor>
        <Group justify="space-between">
          <Title order={2} fz="1.35rem">
            {environment.name}
          </Title>
          <Copyable value={environment.id} label="Copy the id" />
        </Group>
      </Stack>
      <CredentialList purpose="action" answer={answer} connection={connection} health={uses?.action} onSaved={setSaved} />
      <CredentialList purpose="trigger" answer={answer} connection={connection} health={uses?.trigger} onSaved={setSaved} />
      <Settings answer={answer} saved={saved} connection={connection} />
      {mayWrite && (
        <>
          <Divider />
          <Group justify="space-between">
            <Text size="sm" c="dimmed">
              {isAlone
                ? "A connection keeps at least one environment, so this one stays."
                : "Deleting it says first what that would break."}
            </Text>
            <Button variant="subtle" color="red" disabled={isAlone} onClick={() => setDeleting(true)}>
              Delete the environment
            </Button>
          </Group>
        </>
      )}
      {isDeleting && <DeleteEnvironment connection={connection} environment={environment} onClose={() => setDeleting(false)} />}
    </Stack>
  );
}
