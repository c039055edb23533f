import { List, Text } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { Refusal } from "../../../api/problem.ts";
import { useChange } from "../../../api/queries.ts";
import { ConfirmByName } from "../../../parts/confirm-by-name.tsx";
import { standardWithout, useVersions } from "../versions.ts";
import { useContents } from "./contents.ts";
import { counted, SubscriptionNames, useSubscribers } from "./subscribers.tsx";
import type { VersionDialog } from "./version-dialog.ts";

interface Deletion extends VersionDialog {
  readonly onDeleted: () => void;
}

/** Deletes a version with all that is in it, after saying what goes and who loses it. */
export function DeleteVersion({ version, isOpen, onClose, onDeleted }: Deletion) {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const { using } = useSubscribers();
  const remove = useChange("DeleteConnectionVersion");
  const isRefused = remove.error instanceof Refusal && remove.error.code === "in_use";
  const isUsed = isRefused || (version.publishedAt !== null && using(version).length > 0);
  return (
    <ConfirmByName
      key={version.id}
      title={`Delete version ${version.name}`}
      name={version.name}
      verb={isUsed ? "Delete it all the same" : "Delete"}
      isOpen={isOpen}
      isPending={remove.isPending}
      error={remove.error}
      onClose={() => {
        remove.reset();
        onClose();
      }}
      onConfirm={() =>
        remove.mutate(
          {
            params: { organisation_id: org, connection_id: connection, version: version.name },
            // Forced only over what was named, here or by a refusal.
            query: isUsed ? { force: true } : {},
          },
          {
            onSuccess: () => {
              onClose();
              onDeleted();
            },
          },
        )
      }
    >
      {isOpen && <Losses version={version} />}
    </ConfirmByName>
  );
}

function Losses({ version }: Pick<VersionDialog, "version">) {
  const versions = useVersions();
  const { following, naming } = useSubscribers();
  const contents = useContents(version.name);
  const isStandard = version.id === versions.standard?.id;
  const next = standardWithout(version, versions);
  const named = version.publishedAt === null ? [] : naming(version);
  return (
    <>
      <Text size="sm">This cannot be undone. With it go</Text>
      <List size="sm" my="xs">
        {contents.map(({ kind, total }) => (
          <List.Item key={kind}>{total === undefined ? `its ${kind}s` : counted(total, kind)}</List.Item>
        ))}
        {named.length > 0 && (
          <List.Item>
            {counted(named.length, "subscription")} that use it: <SubscriptionNames subscriptions={named} />
          </List.Item>
        )}
      </List>
      {version.publishedAt !== null && <Text size="sm">Calls that name it are refused from then on.</Text>}
      {isStandard && (
        <Text size="sm" mt="xs">
          It is what <b>default</b> means. {next ? `After this, that is version ${next.name}` : "After this nothing is"}
          {following.length > 0 && (
            <>
              , also for {counted(following.length, "subscription")} that {following.length === 1 ? "follows" : "follow"} it:{" "}
              <SubscriptionNames subscriptions={following} />
            </>
          )}
          .
        </Text>
      )}
    </>
  );
}
