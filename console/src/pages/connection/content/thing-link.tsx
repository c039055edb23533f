import { Anchor } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";

/** A thing that a version holds. */
export type Kind = "action" | "definition" | "trigger";

/** The name of an action, a trigger or a definition, as the way to its page. */
export function ThingLink({ kind, name, version }: { kind: Kind; name: string; version: string }) {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const at = { org, connection, version };
  return (
    <Anchor
      size="sm"
      ff="monospace"
      style={{ overflowWrap: "anywhere" }}
      renderRoot={(props) => {
        if (kind === "action")
          return <Link {...props} to="/o/$org/connections/$connection/actions/$version/$action" params={{ ...at, action: name }} />;
        if (kind === "trigger")
          return <Link {...props} to="/o/$org/connections/$connection/triggers/$version/$trigger" params={{ ...at, trigger: name }} />;
        return (
          <Link {...props} to="/o/$org/connections/$connection/definitions/$version/$definition" params={{ ...at, definition: name }} />
        );
      }}
    >
      {name}
    </Anchor>
  );
}
