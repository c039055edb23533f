import { Anchor, Badge, Code, Group, Text } from "@mantine/core";
import { useState } from "react";
import classes from "./diff-list.module.css";
import type { ContentFault } from "./faults.ts";
import { ThingLink } from "./thing-link.tsx";

/** Faults of what a version holds, each with its place and the way there. */
export function FaultList({ faults, version }: { faults: readonly ContentFault[]; version: string }) {
  const [shown, setShown] = useState(pageSize);
  return (
    <>
      <ul className={classes.things}>
        {faults.slice(0, shown).map(({ kind, name, pointer, message, severity }) => (
          <li key={`${kind} ${name} ${pointer} ${message}`} className={classes.thing}>
            <Group gap={8}>
              {kind && <Badge color="gray">{kind}</Badge>}
              {kind && <ThingLink kind={kind} name={name} version={version} />}
              {pointer !== "" && <Code style={{ overflowWrap: "anywhere" }}>{pointer}</Code>}
              {severity === "warning" && <Badge color="yellow">warning</Badge>}
            </Group>
            <Text size="sm" mt={4} style={{ overflowWrap: "anywhere" }}>
              {message}
            </Text>
          </li>
        ))}
      </ul>
      {faults.length > shown && (
        <Anchor component="button" type="button" size="sm" onClick={() => setShown(shown + pageSize)}>
          Show {Math.min(pageSize, faults.length - shown)} more of {faults.length}
        </Anchor>
      )}
    </>
  );
}

const pageSize = 30;
