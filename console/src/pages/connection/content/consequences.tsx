import { Alert, List, Stack, Text } from "@mantine/core";
import type { ConnectionVersion, VersionDiff } from "@mooring/contract";
import { CircleCheck, TriangleAlert } from "lucide-react";
import { Answered } from "../../../parts/answer.tsx";
import { useVersions } from "../versions.ts";
import { useDiff } from "./comparison.tsx";
import { placeOf, summaryOf, thingsOf } from "./diff-words.ts";
import { SubscriptionNames, useSubscribers } from "./subscribers.tsx";

interface Step {
  readonly version: ConnectionVersion;
  /** Whether `default` comes to mean it. */
  readonly moves: boolean;
}

/** What a version changes for whoever follows `default`, in words. Nothing where nothing is the default yet. */
export function Consequences({ version, moves }: Step) {
  const { standard } = useVersions();
  const query = useDiff(standard?.name, version.name);
  if (!standard || standard.id === version.id) return null;
  return (
    <Answered query={query}>
      {(diff) => (
        <Alert
          color={diff.breaks ? "orange" : "green"}
          icon={diff.breaks ? <TriangleAlert size={18} /> : <CircleCheck size={18} />}
          title={`Against version ${diff.from}, the default: ${summaryOf(diff)}`}
        >
          <Stack gap="xs">
            {diff.breaks && <Worst diff={diff} />}
            <Followers moves={moves} />
          </Stack>
        </Alert>
      )}
    </Answered>
  );
}

function Worst({ diff }: { diff: VersionDiff }) {
  const lines = thingsOf(diff)
    .filter(({ breaks }) => breaks)
    .flatMap(({ kind, name, fate, changes }) => {
      if (fate !== "changed") return [`The ${kind} ${name} is ${fate === "removed" ? "gone" : "new"}.`];
      return changes
        .filter(({ breaks }) => breaks)
        .map(({ field, why }) => `${name}, ${placeOf(field)}: ${why ?? "it is not what it was."}`);
    });
  return (
    <List size="sm" spacing={4}>
      {lines.slice(0, linesShown).map((line) => (
        <List.Item key={line} style={{ overflowWrap: "anywhere" }}>
          {line}
        </List.Item>
      ))}
      {lines.length > linesShown && <List.Item>and {lines.length - linesShown} more, on the page of the version.</List.Item>}
    </List>
  );
}

const linesShown = 6;

function Followers({ moves }: { moves: boolean }) {
  const { following, isPending } = useSubscribers();
  if (isPending) return null;
  const [isOne, isAny] = [following.length === 1, following.length > 0];
  const all = isAny ? `${isOne ? "It" : "They"} and all calls` : "All calls";
  return (
    <Text size="sm">
      {isAny && (
        <>
          {isOne ? "This subscription follows" : `These ${following.length} subscriptions follow`} <b>default</b>:{" "}
          <SubscriptionNames subscriptions={following} />.{" "}
        </>
      )}
      {all} that name no version {moves ? "get this version at once." : "stay where they are."}
    </Text>
  );
}
