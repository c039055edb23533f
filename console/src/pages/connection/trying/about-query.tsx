import { Alert, Anchor, Badge, Button, Group, NativeSelect, Paper, Stack, Text, Title } from "@mantine/core";
import type { ActionBigQuery } from "@mooring/contract";
import { Link } from "@tanstack/react-router";
import { Gauge } from "lucide-react";
import { useState } from "react";
import { useChange } from "../../../api/queries.ts";
import { useMay, useOrganisation } from "../../../api/session.ts";
import { CodeBlock } from "../../../parts/copy.tsx";
import { DefinitionSchema } from "../../../parts/definition-schema.tsx";
import { Fault } from "../../../parts/fault.tsx";
import { size } from "../../../parts/time.tsx";
import { useConnection } from "../connection.ts";
import classes from "./about.module.css";

interface Query {
  readonly action: ActionBigQuery;
  readonly version: string;
  readonly isDraft: boolean;
}

/** What a query does: its SQL, its parameters, what its rows are, and what BigQuery says it would read. */
export function AboutQuery({ action, version, isDraft }: Query) {
  const { query, parameters, row, maximumBytesBilled, location } = action;
  const may = useMay();
  return (
    <>
      <CodeBlock title="SQL" code={query} />
      {parameters.length > 0 && (
        <section>
          <Title order={3} mb="xs">
            Parameters
          </Title>
          <Paper>
            <dl className={classes.parameters}>
              {parameters.map((one) => (
                <div key={one.name}>
                  <dt>
                    <span className={classes.name}>@{one.name}</span>
                    {one.required && <span className={classes.required}>required</span>}
                  </dt>
                  <dd>
                    <Text size="xs" c="dimmed">
                      {one.array ? `list of ${one.type}` : one.type}
                      {one.default !== undefined && ` · ${JSON.stringify(one.default)} when left out`}
                    </Text>
                    {one.description && <Text size="sm">{one.description}</Text>}
                  </dd>
                </div>
              ))}
            </dl>
          </Paper>
        </section>
      )}
      {(maximumBytesBilled || location) && (
        <Group gap="xs">
          {maximumBytesBilled && <Badge color="gray">bills at most {size(Number(maximumBytesBilled))}</Badge>}
          {location && <Badge color="gray">in {location}</Badge>}
        </Group>
      )}
      {isDraft && may("connections:write") && may("gateway:call") && <DryRun action={action} version={version} />}
      <section>
        <Title order={3} mb="xs">
          Each row
        </Title>
        <Paper>
          {row ? (
            <DefinitionSchema definition={row.definition} version={version} />
          ) : (
            <Text size="sm" c="dimmed">
              Nothing is said of its rows yet. {isDraft && "A dry run finds out."}
            </Text>
          )}
        </Paper>
      </section>
    </>
  );
}

/** Asks BigQuery what the query would read. Nothing runs, and nothing is billed. */
function DryRun({ action, version }: { action: ActionBigQuery; version: string }) {
  const org = useOrganisation();
  const connection = useConnection();
  const [environment, setEnvironment] = useState(connection.environments[0]?.id);
  const run = useChange("DryRunAction");
  if (environment === undefined)
    return (
      <Text size="sm">
        A dry run needs an{" "}
        <Anchor
          inherit
          underline="always"
          renderRoot={(props) => (
            <Link {...props} to="/o/$org/connections/$connection/environments" params={{ org, connection: connection.id }} />
          )}
        >
          environment
        </Anchor>
        , whose credentials ask.
      </Text>
    );
  const params = { organisation_id: org, connection_id: connection.id, version, action_name: action.name };
  return (
    <section>
      <Title order={3} mb="xs">
        Dry run
      </Title>
      <Paper>
        <Stack gap="sm">
          <Text size="sm">
            BigQuery looks at the query, runs nothing and bills nothing. What the rows are is written down as a definition.
          </Text>
          <Group align="end" gap="sm">
            <NativeSelect
              label="Environment"
              value={environment}
              data={connection.environments.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={(event) => setEnvironment(event.currentTarget.value)}
            />
            <Button
              variant="default"
              leftSection={<Gauge size={16} />}
              loading={run.isPending}
              onClick={() => run.mutate({ params, body: { environment } })}
            >
              Dry run
            </Button>
          </Group>
          <Fault error={run.error} />
          {run.data && (
            <Alert color="green" icon={<Gauge size={18} />} title={`A call would read ${size(Number(run.data.body.totalBytesProcessed))}`}>
              <Text size="sm">What its rows are stands below.</Text>
            </Alert>
          )}
        </Stack>
      </Paper>
    </section>
  );
}
