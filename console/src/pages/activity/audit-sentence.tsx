import { Anchor, Text } from "@mantine/core";
import type { AuditEntry } from "@mooring/contract";
import { Link } from "@tanstack/react-router";
import { useOrganisation } from "../../api/session.ts";

/** An entry of the audit as a sentence: who did what to what, with a link to it while it may be there. */
export function AuditSentence({ entry: { actor, operation, subject } }: { entry: AuditEntry }) {
  const [, verb = operation] = /\.(.+)$/.exec(operation) ?? [];
  return (
    <Text size="sm" component="span">
      <b>{actor.name ?? (actor.type === "system" ? "Mooring" : actor.id)}</b> {verb.replaceAll("_", " ").replaceAll("-", " ")}{" "}
      {nounOf(subject.type)} <Subject subject={subject} isGone={verb === "deleted"} />
    </Text>
  );
}

const nounOf = (type: string) => `the ${type.replaceAll("-", " ").replace("api key", "API key")}`;

function Subject({ subject: { type, id, name = id }, isGone }: { subject: AuditEntry["subject"]; isGone: boolean }) {
  const org = useOrganisation();
  if (isGone) return <b>{name}</b>;
  if (type === "connection")
    return (
      <Anchor
        inherit
        underline="always"
        renderRoot={(props) => <Link {...props} to="/o/$org/connections/$connection" params={{ org, connection: id }} />}
      >
        {name}
      </Anchor>
    );
  if (type === "credential")
    return (
      <Anchor
        inherit
        underline="always"
        renderRoot={(props) => <Link {...props} to="/o/$org/credentials/$credential" params={{ org, credential: id }} />}
      >
        {name}
      </Anchor>
    );
  return <b>{name}</b>;
}
