import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import type { Connection } from "@mooring/contract";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useOrganisation } from "../../../api/session.ts";
import { Copyable } from "../../../parts/copy.tsx";
import { Ago } from "../../../parts/time.tsx";
import { latestVersion, standingVersion } from "../versions-of.ts";
import classes from "./facts.module.css";

/** What is fixed about a connection: address, id, versions. */
export function Facts({ connection }: { connection: Connection }) {
  const address = connection.protocol === "http" ? connection.baseUrl : connection.datasetId;
  return (
    <Stack gap="sm" component="section" aria-label="Facts">
      <Title order={2}>Facts</Title>
      <dl className={classes.facts}>
        <Fact name={connection.protocol === "http" ? "Base URL" : "Dataset"}>
          {address === "" ? "each query names its own" : <Copyable value={address} label="Copy the address" />}
        </Fact>
        <Fact name="Versions">
          <Versions connection={connection} />
        </Fact>
        <Fact name="Id">
          <Copyable value={connection.id} label="Copy the id" />
        </Fact>
        <Fact name="Changed">
          <Ago at={connection.updatedAt} />
        </Fact>
        <Fact name="Created">
          <Ago at={connection.createdAt} />
        </Fact>
      </dl>
    </Stack>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Versions({ connection }: { connection: Connection }) {
  const standing = standingVersion(connection);
  const latest = latestVersion(connection);
  const draft = connection.versions.find(({ publishedAt }) => publishedAt === null);
  const shown = [
    ...(standing ? [{ version: standing, word: standing.id === latest?.id ? "default and latest" : "default" }] : []),
    ...(latest && latest.id !== standing?.id ? [{ version: latest, word: "latest" }] : []),
    ...(draft ? [{ version: draft, word: "draft" }] : []),
  ];
  const org = useOrganisation();
  return (
    <Stack gap={2}>
      {shown.map(({ version, word }) => (
        <Group key={version.id} gap={6}>
          <Anchor
            size="sm"
            renderRoot={(props) => (
              <Link
                {...props}
                to="/o/$org/connections/$connection/versions/$version"
                params={{ org, connection: connection.id, version: version.name }}
              />
            )}
          >
            {version.name}
          </Anchor>
          <Text span size="sm" c="dimmed">
            {word}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}
