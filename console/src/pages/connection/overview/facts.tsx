import { Anchor, Group, Stack, Title } from "@mantine/core";
import type { Connection } from "@mooring/contract";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useOrganisation } from "../../../api/session.ts";
import { Copyable } from "../../../parts/copy.tsx";
import { Ago } from "../../../parts/time.tsx";
import { VersionState } from "../version-state.tsx";
import { versionsOf } from "../versions.ts";
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
  const { all, standard } = versionsOf(connection);
  const latest = all.find(({ isLatest }) => isLatest);
  const draft = all.find(({ publishedAt }) => publishedAt === null);
  const shown = [standard, latest, draft].filter((version, at, list) => version !== undefined && list.indexOf(version) === at);
  const org = useOrganisation();
  return (
    <Stack gap={4}>
      {shown.map(
        (version) =>
          version && (
            <Group key={version.id} gap={8}>
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
              <VersionState version={version} />
            </Group>
          ),
      )}
    </Stack>
  );
}
