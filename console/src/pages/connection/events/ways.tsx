import { Anchor, Group } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useOrganisation } from "../../../api/session.ts";
import { useConnection } from "../connection.ts";

/** The two sides of what comes in: the ways in, and what came. */
export function Ways() {
  const org = useOrganisation();
  const { id } = useConnection();
  const look = { activeProps: { style: { fontWeight: 650, textDecoration: "none", color: "inherit" } } };
  return (
    <Group gap="lg" component="nav" aria-label="What comes in">
      {sides.map(([label, to]) => (
        <Anchor
          key={to}
          size="sm"
          renderRoot={(props) => (
            <Link {...props} {...look} to={to} params={{ org, connection: id }} activeOptions={{ exact: true, includeSearch: false }} />
          )}
        >
          {label}
        </Anchor>
      ))}
    </Group>
  );
}

const sides = [
  ["Ways in", "/o/$org/connections/$connection/triggers"],
  ["Inbox", "/o/$org/connections/$connection/events"],
] as const;
