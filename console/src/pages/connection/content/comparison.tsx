import { Badge, Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { ConnectionVersion, VersionDiff } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { CircleCheck, TriangleAlert } from "lucide-react";
import { queryOf } from "../../../api/queries.ts";
import { Answered } from "../../../parts/answer.tsx";
import { VersionChoice } from "../version-choice.tsx";
import { useVersions, type Versions } from "../versions.ts";
import { DiffList } from "./diff-list.tsx";
import { thingsOf } from "./diff-words.ts";
import { counted, SubscriptionNames, useSubscribers } from "./subscribers.tsx";

/** The query of what going from one version to another changes. */
export function useDiff(from: string | undefined, to: string) {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const params = { organisation_id: org, connection_id: connection, version: from ?? "", other_version: to };
  return useQuery({ ...queryOf("DiffConnectionVersions", { params }), enabled: from !== undefined && from !== to });
}

/** What this version changes against another one: against `default`, or the one published before it, unless the address says which. */
export function Comparison({ version }: { version: ConnectionVersion }) {
  const { against } = useSearch({ from: "/signed-in/o/$org/connections/$connection/versions/$version" });
  const navigate = useNavigate({ from: "/o/$org/connections/$connection/versions/$version" });
  const versions = useVersions();
  const other = versions.all.find(({ name }) => name === against && name !== version.name) ?? basisOf(version, versions);
  const query = useDiff(other?.name, version.name);
  if (versions.all.length < 2) return null;
  return (
    <Paper component="section" aria-labelledby="comparison">
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={3} id="comparison">
            What it changes
          </Title>
          <Group gap="xs">
            <Text size="sm" c="dimmed">
              against
            </Text>
            <VersionChoice
              label="Compare with version"
              value={other?.name}
              except={version.name}
              onChange={(name) => void navigate({ search: { against: name }, replace: true, resetScroll: false })}
            />
          </Group>
        </Group>
        {other ? (
          <Answered query={query}>{(diff) => <Changes diff={diff} other={other} version={version} />}</Answered>
        ) : (
          <Text size="sm" c="dimmed">
            Choose a version to compare it with.
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

/** What people would compare a version with: what callers get now, else what was published before it. */
function basisOf(version: ConnectionVersion, { all, standard }: Versions): ConnectionVersion | undefined {
  if (standard && standard.id !== version.id) return standard;
  const before = all.filter(
    ({ id, publishedAt }) => id !== version.id && publishedAt !== null && publishedAt < (version.publishedAt ?? "~"),
  );
  return before.toSorted((one, next) => (next.publishedAt ?? "").localeCompare(one.publishedAt ?? ""))[0];
}

function Changes({ diff, other, version }: { diff: VersionDiff; other: ConnectionVersion; version: ConnectionVersion }) {
  const things = thingsOf(diff);
  if (things.length === 0) return <Text size="sm">Nothing differs from version {other.name}.</Text>;
  const parted = things.map(({ changes, ...thing }) => ({
    ...thing,
    changes: { breaking: changes.filter(({ breaks }) => breaks), calm: changes.filter(({ breaks }) => !breaks) },
  }));
  const breaking = parted.filter(({ breaks }) => breaks).map((one) => ({ ...one, changes: one.changes.breaking, omitted: 0 }));
  const calm = parted
    .filter(({ breaks, changes, omitted }) => !breaks || changes.calm.length > 0 || omitted > 0)
    .map((one) => ({ ...one, changes: one.changes.calm }));
  const count = (list: typeof calm) =>
    list.reduce((sum, { changes, omitted, fate }) => sum + (fate === "changed" ? changes.length + omitted : 1), 0);
  return (
    <Stack gap="lg">
      <Affected other={other} version={version} breaks={diff.breaks} />
      {breaking.length > 0 && (
        <section>
          <Group gap="xs" mb={4}>
            <Badge color="red" leftSection={<TriangleAlert size={13} aria-hidden />}>
              {counted(count(breaking), "breaking change")}
            </Badge>
            <Text size="sm" c="dimmed">
              Calls that were right before may be wrong now
            </Text>
          </Group>
          <DiffList diff={diff} things={breaking} />
        </section>
      )}
      {calm.length > 0 && (
        <section>
          <Group gap="xs" mb={4}>
            <Badge color="green" leftSection={<CircleCheck size={13} aria-hidden />}>
              {counted(count(calm), "compatible change")}
            </Badge>
            <Text size="sm" c="dimmed">
              Nobody has to do anything
            </Text>
          </Group>
          <DiffList diff={diff} things={calm} />
        </section>
      )}
      {diff.omitted !== undefined && (
        <Text size="sm" c="dimmed">
          {counted(diff.omitted, "more thing")} differ and are not listed; whether anything breaks was judged of all of them.
        </Text>
      )}
    </Stack>
  );
}

/** Who comes from the one version to the other, and when. */
function Affected({ other, version, breaks }: { other: ConnectionVersion; version: ConnectionVersion; breaks: boolean }) {
  const { standard } = useVersions();
  const { following, naming, isPending } = useSubscribers();
  if (isPending || other.publishedAt === null) return null;
  const named = naming(other);
  const follows = other.id === standard?.id;
  if (!follows && named.length === 0) return null;
  return (
    <Text size="sm">
      {follows && (
        <>
          {following.length > 0 ? (
            <>
              {counted(following.length, "subscription")} (<SubscriptionNames subscriptions={following} />) and all calls that name no
              version
            </>
          ) : (
            "Calls that name no version"
          )}{" "}
          follow <b>default</b>, which is version {other.name} now. They get {breaks ? "these changes" : "what is new"} once version{" "}
          {version.name} is the default.{" "}
        </>
      )}
      {named.length > 0 && (
        <>
          {counted(named.length, "subscription")} (<SubscriptionNames subscriptions={named} />) and whoever else names version {other.name}{" "}
          stay with it until they name another one.
        </>
      )}
    </Text>
  );
}
