import { Anchor, Text } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";

/** Why there is nothing to change here, and what to do instead. */
export function FrozenNote({ version }: { version: string }) {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  return (
    <Text size="sm" c="dimmed">
      Version {version} is published, so nothing in it can change. To change something,{" "}
      <Anchor
        inherit
        underline="always"
        renderRoot={(props) => (
          <Link {...props} to="/o/$org/connections/$connection/versions/$version" params={{ org, connection, version }} />
        )}
      >
        make a draft of it
      </Anchor>
      .
    </Text>
  );
}
