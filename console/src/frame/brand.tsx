import { Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import classes from "./brand.module.css";

/** The sign of Mooring, which leads home. */
export function Brand() {
  return (
    <Link to="/" className={classes.brand}>
      <Group gap={10} wrap="nowrap">
        <img src="/console/icon.svg" alt="" width="28" height="28" />
        <Text fw={650} size="lg">
          Mooring
        </Text>
      </Group>
    </Link>
  );
}
