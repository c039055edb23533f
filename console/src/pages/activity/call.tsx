import { Anchor, Paper, Stack, Table, Text } from "@mantine/core";
import type { Call } from "@mooring/contract";
import { useQueries, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { queryOf } from "../../api/queries.ts";
import { useOrganisation } from "../../api/session.ts";
import { Page } from "../../frame/page.tsx";
import { Answered } from "../../parts/answer.tsx";
import { Copyable } from "../../parts/copy.tsx";
import { duration, Moment, size } from "../../parts/time.tsx";
import { useActorNames, useConnectionNames } from "./names.ts";
import { originWords, Status } from "./status.tsx";

/** One call in detail. */
export function OneCall() {
  const { org, call } = useParams({ from: "/signed-in/o/$org/calls/$call" });
  const query = useQuery(queryOf("GetCall", { params: { organisation_id: org, call_id: call } }));
  return (
    <Page title="Call" crumbs={[{ label: "Calls", link: { to: "/o/$org/calls", params: { org } } }]}>
      <Answered query={query}>{(found) => <Details call={found} />}</Answered>
    </Page>
  );
}

function Details({ call }: { call: Call }) {
  const org = useOrganisation();
  const nameOf = useConnectionNames(call.connectionId ? [call.connectionId] : []);
  const { nameOf: actorOf } = useActorNames();
  return (
    <Stack>
      <Copyable value={`${call.method} ${call.path === "" ? "/" : call.path}`} label="Copy method and path" />
      <Paper p={0}>
        <Table variant="vertical" layout="fixed" withRowBorders>
          <Table.Tbody>
            <Row title="Answer">
              <Status call={call} /> {originWords[call.origin]}
              {call.code && (
                <Text size="sm" c="dimmed">
                  {call.code}: <Anchor href="/docs">what the codes mean</Anchor>
                </Text>
              )}
            </Row>
            <Row title="When">
              <Moment at={call.at} />
            </Row>
            <Row title="Took">{duration(call.durationMs)}</Row>
            <Row title="Sent to the outside system">{attempts(call.attempts)}</Row>
            {call.connectionId && (
              <Row title="Through">
                <Anchor
                  size="sm"
                  renderRoot={(props) => (
                    <Link {...props} to="/o/$org/connections/$connection" params={{ org, connection: call.connectionId ?? "" }} />
                  )}
                >
                  {nameOf(call.connectionId)}
                </Anchor>
                {call.environmentId && ` · ${nameOf(call.connectionId, call.environmentId)}`}
              </Row>
            )}
            <Row title="Credentials, in their order">
              <Credentials ids={call.credentialIds} />
            </Row>
            <Row title="Caller">
              {actorOf(call.actor)} ({call.actor.type === "person" ? "a person" : "an API key"})
            </Row>
            <Row title="Body sent">{size(call.requestBytes)}</Row>
            <Row title="Body answered">{size(call.responseBytes)}</Row>
            <Row title="Request">
              <Copyable value={call.requestId} label="Copy the request's id" />
            </Row>
          </Table.Tbody>
        </Table>
      </Paper>
    </Stack>
  );
}

function Credentials({ ids }: { ids: readonly string[] }) {
  const org = useOrganisation();
  const names = useQueries({
    queries: ids.map((id) => queryOf("GetCredential", { params: { organisation_id: org, credential_id: id } })),
    combine: (all) => all.map(({ data }) => data?.name),
  });
  if (ids.length === 0) return "none";
  return (
    <Stack gap={2}>
      {ids.map((id, index) => (
        <Anchor
          key={id}
          size="sm"
          renderRoot={(props) => <Link {...props} to="/o/$org/credentials/$credential" params={{ org, credential: id }} />}
        >
          {names[index] ?? id}
        </Anchor>
      ))}
    </Stack>
  );
}

function Row({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th w={{ base: 130, sm: 220 }}>{title}</Table.Th>
      <Table.Td style={{ overflowWrap: "anywhere" }}>{children}</Table.Td>
    </Table.Tr>
  );
}

function attempts(count: number): string {
  if (count === 0) return "not at all";
  return count === 1 ? "once" : `${count} times`;
}
