import { Badge, Group } from "@mantine/core";
import type { ConnectionVersion } from "@mooring/contract";
import { Lock, PencilLine } from "lucide-react";
import { useVersions } from "./versions.ts";

/** Whether a version is a draft or published, and whether `default` or `latest` mean it, in words. */
export function VersionState({ version: { id, publishedAt, isLatest } }: { version: ConnectionVersion }) {
  const { standard } = useVersions();
  return (
    <Group gap={6} wrap="nowrap" component="span">
      {publishedAt === null ? (
        <Badge color="orange" leftSection={<PencilLine size={12} aria-hidden />}>
          draft
        </Badge>
      ) : (
        <Badge color="green" leftSection={<Lock size={12} aria-hidden />}>
          published
        </Badge>
      )}
      {id === standard?.id && <Badge color="harbour">default</Badge>}
      {isLatest && <Badge color="gray">latest</Badge>}
    </Group>
  );
}
