import { Alert, Button, Group, Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import type { Credential, CredentialDataOAuth2Token } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { UserRoundX } from "lucide-react";
import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { taggedQueryOf } from "../../api/queries.ts";
import { useMay, useOrganisation } from "../../api/session.ts";
import { Page } from "../../frame/page.tsx";
import { Answered } from "../../parts/answer.tsx";
import { Copyable } from "../../parts/copy.tsx";
import { Ago } from "../../parts/time.tsx";
import { Connect } from "./connect.tsx";
import { DeleteCredential } from "./delete.tsx";
import { EditCredential } from "./edit.tsx";
import { Renew } from "./renew.tsx";
import { CredentialState, conditionOf, stateSentences } from "./state.tsx";
import { TokenFacts } from "./token-facts.tsx";
import { Usages } from "./usages.tsx";
import { typeWords } from "./words.ts";

/** One secret: how it is doing, where it is used, and what can be done about it. Its values are never shown. */
export function OneCredential() {
  const org = useOrganisation();
  const { credential: id } = useParams({ from: "/signed-in/o/$org/credentials/$credential" });
  const query = useQuery(taggedQueryOf("GetCredential", { params: { organisation_id: org, credential_id: id } }));
  const crumbs = [{ label: "Credentials", link: { to: "/o/$org/credentials", params: { org } } as const }];
  const shown = query.data?.body;
  return (
    <Page
      title={shown?.name ?? "Credential"}
      crumbs={crumbs}
      aside={shown && <CredentialState state={conditionOf(shown).state} />}
      about={shown && typeWords[shown.type]}
    >
      <Answered query={query}>{(answer) => <Parts answer={answer} />}</Answered>
    </Page>
  );
}

function Parts({ answer }: { answer: Answer<Credential> }) {
  const may = useMay();
  const [isDeleting, setDeleting] = useState(false);
  const credential = answer.body;
  const isWriter = may("secrets:write");
  return (
    <Stack gap="lg">
      <State credential={credential} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Stack gap="xs" component="section">
          <Title order={2}>Where it is used</Title>
          <Usages usages={credential.usages ?? []} credential={credential.id} />
        </Stack>
        <Stack gap="xs" component="section">
          <Title order={2}>Details</Title>
          <TokenFacts credential={credential} />
        </Stack>
      </SimpleGrid>
      {isWriter && <EditCredential key={credential.id} answer={answer} />}
      <Group justify="space-between" align="end">
        <Stack gap={2}>
          <Text size="xs" c="dimmed" component="div">
            Changed <Ago at={credential.updatedAt} />, made <Ago at={credential.createdAt} />
          </Text>
          <Copyable value={credential.id} label="Copy the id" />
        </Stack>
        {isWriter && (
          <Button variant="subtle" color="red" onClick={() => setDeleting(true)}>
            Delete the credential
          </Button>
        )}
      </Group>
      {isDeleting && <DeleteCredential credential={credential} onClose={() => setDeleting(false)} />}
    </Stack>
  );
}

/** What the state means, and the step that helps. */
function State({ credential }: { credential: Credential }) {
  const may = useMay();
  const { state, reason } = conditionOf(credential);
  const isSignIn = credential.type === "oauth2-token";
  const hasToken = isSignIn || credential.type === "oauth2-client" || credential.token !== undefined;
  if (state === "kept") return null;
  const needsPerson = state === "reauth_required" || (isSignIn && credential.token === undefined);
  const sentence = (
    <div>
      <Text size="sm">{needsPerson ? stateSentences.reauth_required : stateSentences[state]}</Text>
      {reason && (
        <Text size="sm" mt={4}>
          {reason}
        </Text>
      )}
    </div>
  );
  return (
    <Paper p="lg">
      <Stack gap="md">
        {needsPerson ? (
          <Alert color="orange" icon={<UserRoundX size={18} />} title="A person is needed">
            {sentence}
          </Alert>
        ) : (
          sentence
        )}
        {isSignIn && may("secrets:write") && <SignInHere credential={credential} isConnected={!needsPerson} />}
        {hasToken && !needsPerson && may("gateway:call") && <Renew credential={credential} />}
      </Stack>
    </Paper>
  );
}

/** A sign-in goes through a connection that calls with the credential. */
function SignInHere({ credential, isConnected }: { credential: Credential; isConnected: boolean }) {
  const org = useOrganisation();
  const [usage] = credential.usages ?? [];
  if (!usage)
    return (
      <Text size="sm" c="dimmed">
        Use it in an environment of a connection first: a sign-in is begun for the calls that will carry its token.
      </Text>
    );
  const { authorizeUrl } = credential.data as CredentialDataOAuth2Token;
  return (
    <Connect
      org={org}
      connection={usage.environment.connection.id}
      credential={credential.id}
      authorizeUrl={authorizeUrl}
      isConnected={isConnected}
    />
  );
}
