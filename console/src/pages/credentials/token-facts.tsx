import { Code, Group, Text } from "@mantine/core";
import type { Credential } from "@mooring/contract";
import type { ReactNode } from "react";
import { Ago, Moment } from "../../parts/time.tsx";
import classes from "./credential.module.css";

/** What may be known of a credential: whose client it is, where its tokens come from, and until when the one it has is good. */
export function TokenFacts({ credential }: { credential: Credential }) {
  const facts = [...dataFacts(credential), ...tokenFacts(credential)];
  if (facts.length === 0)
    return (
      <Text size="sm" c="dimmed">
        The secret is kept sealed; there is nothing else to it.
      </Text>
    );
  return (
    <dl className={classes.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

type Fact = readonly [name: string, value: ReactNode];

function dataFacts(credential: Credential): Fact[] {
  switch (credential.type) {
    case "none":
    case "string":
    case "binary":
      return overlap(credential);
    case "basic-auth":
      return [["User name", credential.data.username], ...overlap(credential)];
    case "oauth2-client":
    case "oauth2-token":
      return [
        ["Client id", <Code key="id">{credential.data.clientId}</Code>],
        ["People sign in at", credential.data.authorizeUrl],
        ["Tokens come from", credential.data.tokenUrl],
      ];
  }
}

const overlap = (credential: Credential): Fact[] =>
  "previousValidUntil" in credential && credential.previousValidUntil !== undefined
    ? [
        [
          "The secret before is good",
          <span key="until">
            until <Moment at={credential.previousValidUntil} />, for what comes in
          </span>,
        ],
      ]
    : [];

function tokenFacts({ token }: Credential): Fact[] {
  if (!token) return [];
  return [
    ["Token ends", token.expiresAt ? <Ago key="ends" at={token.expiresAt} /> : "the server did not say"],
    ...(token.nextTryAt ? [["Tried again", <Ago key="next" at={token.nextTryAt} />] as const] : []),
    ["Granted scopes", token.scopes ? <Scopes key="scopes" scopes={token.scopes} /> : "the server did not say"],
  ];
}

function Scopes({ scopes }: { scopes: readonly string[] }) {
  if (scopes.length === 0) return <>none</>;
  return (
    <Group gap={4}>
      {scopes.map((scope) => (
        <Code key={scope}>{scope}</Code>
      ))}
    </Group>
  );
}
