import { Alert, Anchor, Button, Card, Group, SimpleGrid, Skeleton, Stack, Text, Title } from "@mantine/core";
import type { ConnectionVersion } from "@mooring/contract";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ArrowLeft, Copy, Layers, Lock, Send } from "lucide-react";
import { useState } from "react";
import { useMay } from "../../../api/session.ts";
import { useTitle } from "../../../frame/page.tsx";
import { Empty } from "../../../parts/empty.tsx";
import { Ago, Moment } from "../../../parts/time.tsx";
import { useConnection } from "../connection.ts";
import { VersionState } from "../version-state.tsx";
import { useVersions } from "../versions.ts";
import { Comparison } from "./comparison.tsx";
import { type ContentCount, useContents } from "./contents.ts";
import { Readiness } from "./readiness.tsx";
import { type Question, VersionDialogs } from "./version-dialogs.tsx";
import { VersionMenu } from "./version-menu.tsx";

/** One version: what is in it, what keeps it from being published, and what it changes against another one. */
export function OneVersion() {
  const { org, connection, version: name } = useParams({ from: "/signed-in/o/$org/connections/$connection/versions/$version" });
  const { name: called } = useConnection();
  const version = useVersions().all.find((one) => one.name === name);
  useTitle(`Version ${name} · ${called}`);
  const back = (
    <Anchor
      size="sm"
      renderRoot={(props) => <Link {...props} to="/o/$org/connections/$connection/versions" params={{ org, connection }} />}
    >
      <Group gap={4} component="span">
        <ArrowLeft size={14} aria-hidden /> All versions
      </Group>
    </Anchor>
  );
  if (!version)
    return (
      <Empty icon={Layers} title={`There is no version ${name}`} action={back}>
        It may have been deleted, or is called otherwise now.
      </Empty>
    );
  return (
    <Stack gap="lg">
      {back}
      <Sheet version={version} />
    </Stack>
  );
}

function Sheet({ version }: { version: ConnectionVersion }) {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const navigate = useNavigate();
  const mayWrite = useMay()("connections:write");
  const [question, setQuestion] = useState<Question>();
  const isDraft = version.publishedAt === null;
  const open = (name: string, replace = false) =>
    void navigate({ to: "/o/$org/connections/$connection/versions/$version", params: { org, connection, version: name }, replace });
  return (
    <>
      <Group justify="space-between" align="flex-start">
        <Stack gap={4} miw={0}>
          <Group gap="sm">
            <Title order={2} style={{ overflowWrap: "anywhere" }}>
              Version {version.name}
            </Title>
            <VersionState version={version} />
          </Group>
          <Text size="sm" c="dimmed">
            Begun <Ago at={version.createdAt} />, changed <Ago at={version.updatedAt} />
            {version.publishedAt !== null && (
              <>
                , published <Moment at={version.publishedAt} />
              </>
            )}
          </Text>
        </Stack>
        <Group gap="xs">
          {mayWrite && isDraft && (
            <Button leftSection={<Send size={16} />} onClick={() => setQuestion("publish")}>
              Publish
            </Button>
          )}
          <VersionMenu version={version} onAsk={setQuestion} />
        </Group>
      </Group>
      {version.description !== undefined && (
        <Text size="sm" maw="80ch" style={{ whiteSpace: "pre-line", overflowWrap: "anywhere" }}>
          {version.description}
        </Text>
      )}
      {!isDraft && <Frozen mayWrite={mayWrite} onCopy={() => setQuestion("copy")} />}
      <Contents version={version.name} />
      {isDraft && <Readiness key={version.id} version={version} />}
      <Comparison version={version} />
      <VersionDialogs
        asked={question && { question, version }}
        onClose={() => setQuestion(undefined)}
        onOpen={open}
        onRenamed={(name) => open(name, true)}
        onDeleted={() => void navigate({ to: "/o/$org/connections/$connection/versions", params: { org, connection } })}
      />
    </>
  );
}

function Frozen({ mayWrite, onCopy }: { mayWrite: boolean; onCopy: () => void }) {
  return (
    <Alert color="gray" icon={<Lock size={18} />} title="Published, and so it stays as it is">
      <Group justify="space-between">
        <Text size="sm">Whoever calls it finds it as it was when it was published. To change something, make a draft of it.</Text>
        {mayWrite && (
          <Button variant="default" size="xs" leftSection={<Copy size={14} />} onClick={onCopy}>
            Make a draft of it
          </Button>
        )}
      </Group>
    </Alert>
  );
}

const words = {
  action: { title: "Actions", about: "what can be called" },
  trigger: { title: "Triggers", about: "what may come in" },
  definition: { title: "Definitions", about: "schemas of what goes in and out" },
} as const;

function Contents({ version }: { version: string }) {
  const contents = useContents(version);
  return (
    <SimpleGrid cols={3} spacing={{ base: "xs", sm: "md" }}>
      {contents.map((one) => (
        <Count key={one.kind} {...one} version={version} />
      ))}
    </SimpleGrid>
  );
}

function Count({ kind, total, version }: ContentCount & { version: string }) {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const { title, about } = words[kind];
  const at = { params: { org, connection }, search: { version } };
  return (
    <Card withBorder padding="sm">
      {total === undefined ? (
        <Skeleton height={28} width={40} />
      ) : (
        <Text fz={24} fw={650} lh={1.2}>
          {total.toLocaleString("en")}
        </Text>
      )}
      <Anchor
        size="sm"
        fw={550}
        renderRoot={(props) => {
          if (kind === "action") return <Link {...props} to="/o/$org/connections/$connection/actions" {...at} />;
          if (kind === "trigger") return <Link {...props} to="/o/$org/connections/$connection/triggers" {...at} />;
          return <Link {...props} to="/o/$org/connections/$connection/definitions" {...at} />;
        }}
      >
        {title}
      </Anchor>
      <Text size="xs" c="dimmed" visibleFrom="sm">
        {about}
      </Text>
    </Card>
  );
}
