import { Badge, Group } from "@mantine/core";
import type { ConnectionVersion } from "@mooring/contract";
import { Lock, PencilLine } from "lucide-react";

/** Whether a version is a draft or published, and whether `default` or `latest` mean it, in words. */
export function VersionState({ version: { publishedAt, isDefault, isLatest } }: { version: ConnectionVersion }) {
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
      {isDefault && <Badge color="harbour">default</Badge>}
      {isLatest && <Badge color="gray">latest</Badge>}
    </Group>
  );
}
