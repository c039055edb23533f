import { Anchor, Badge, Code, Group, Stack, Text } from "@mantine/core";
import type { VersionDiff, VersionDiffChange } from "@mooring/contract";
import { useState } from "react";
import classes from "./diff-list.module.css";
import { type DiffThing, placeOf } from "./diff-words.ts";
import { ThingLink } from "./thing-link.tsx";

interface Listed {
  readonly diff: Pick<VersionDiff, "from" | "to">;
  readonly things: readonly DiffThing[];
}

/** What differs between two versions, thing by thing, with each of its changes. */
export function DiffList({ diff, things }: Listed) {
  const [shown, setShown] = useState(pageSize);
  return (
    <>
      <ul className={classes.things}>
        {things.slice(0, shown).map((thing) => (
          <Thing key={`${thing.kind} ${thing.fate} ${thing.name}`} thing={thing} diff={diff} />
        ))}
      </ul>
      {things.length > shown && (
        <Anchor component="button" type="button" size="sm" onClick={() => setShown(shown + pageSize)}>
          Show {Math.min(pageSize, things.length - shown)} more of {things.length}
        </Anchor>
      )}
    </>
  );
}

const pageSize = 30;

const fates = { added: "is new", removed: "is gone", changed: "" } as const;

function Thing({ thing: { kind, name, fate, changes, omitted }, diff }: { thing: DiffThing; diff: Listed["diff"] }) {
  return (
    <li className={classes.thing}>
      <Group gap={8}>
        <Badge color="gray">{kind}</Badge>
        <ThingLink kind={kind} name={name} version={fate === "removed" ? diff.from : diff.to} />
        {fates[fate] !== "" && <Text size="sm">{fates[fate]}</Text>}
      </Group>
      {changes.length > 0 && (
        <ul className={classes.changes}>
          {changes.map((change) => (
            <Change key={change.field} change={change} />
          ))}
        </ul>
      )}
      {omitted > 0 && (
        <Text size="xs" c="dimmed" ml="md">
          and {omitted.toLocaleString("en")} more
        </Text>
      )}
    </li>
  );
}

function Change({ change: { field, before, after, why } }: { change: VersionDiffChange }) {
  return (
    <li>
      <Text size="sm" fw={550} style={{ overflowWrap: "anywhere" }}>
        {placeOf(field)}
      </Text>
      {why !== undefined && <Text size="sm">{why}</Text>}
      <div className={classes.values}>
        {before !== undefined && <Value word={after === undefined ? "was, and is gone" : "was"} value={before} />}
        {after !== undefined && <Value word={before === undefined ? "is new" : "is"} value={after} />}
      </div>
    </li>
  );
}

function Value({ word, value }: { word: string; value: unknown }) {
  const [isWhole, setWhole] = useState(false);
  const line = typeof value === "string" ? value : JSON.stringify(value);
  const isLong = line.length > 90;
  const text = typeof value === "string" || !isWhole ? line : JSON.stringify(value, null, 2);
  return (
    <Stack gap={0} miw={0}>
      <span className={classes.word}>{word}</span>
      <Code className={classes.value}>{isLong && !isWhole ? `${line.slice(0, 80)}…` : text}</Code>
      {isLong && (
        <Anchor component="button" type="button" size="xs" ta="left" onClick={() => setWhole(!isWhole)}>
          {isWhole ? "less" : "all of it"}
        </Anchor>
      )}
    </Stack>
  );
}
