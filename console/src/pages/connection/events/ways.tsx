import { Anchor, Group } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useOrganisation } from "../../../api/session.ts";
import { useConnection } from "../connection.ts";

/** The two sides of what comes in: the ways in, and what came. */
export function Ways() {
  const org = useOrganisation();
  const { id } = useConnection();
  const params = { org, connection: id };
  const look = { activeProps: { style: { fontWeight: 650, textDecoration: "none", color: "inherit" } } };
  return (
    <Group gap="lg" component="nav" aria-label="What comes in">
      <Anchor
        size="sm"
        renderRoot={(props) => (
          <Link
            {...props}
            {...look}
            to="/o/$org/connections/$connection/triggers"
            params={params}
            activeOptions={{ exact: true, includeSearch: false }}
          />
        )}
      >
        Ways in
      </Anchor>
      <Anchor
        size="sm"
        renderRoot={(props) => (
          <Link
            {...props}
            {...look}
            to="/o/$org/connections/$connection/events"
            params={params}
            activeOptions={{ exact: true, includeSearch: false }}
          />
        )}
      >
        Inbox
      </Anchor>
    </Group>
  );
}
