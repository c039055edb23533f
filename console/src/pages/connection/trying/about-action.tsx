import { Alert, Badge, Button, Code, Group, List, Paper, Stack, Text, Title, VisuallyHidden } from "@mantine/core";
import type { Action, ActionDefinition, ActionHTTP } from "@mooring/contract";
import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { DefinitionSchema } from "../../../parts/definition-schema.tsx";
import { Prose } from "../../../parts/prose.tsx";
import classes from "./about.module.css";
import { AboutQuery } from "./about-query.tsx";
import { Status } from "./try/status.tsx";

/** What an action does: its faults, its parameters, what it sends and what may come back. */
export function AboutAction({ action, version, isDraft }: { action: Action; version: string; isDraft: boolean }) {
  return (
    <Stack gap="lg">
      <Faults action={action} />
      {action.description && action.description !== action.summary && (
        <Text size="sm" maw={760} style={{ whiteSpace: "pre-line" }}>
          <Prose text={action.description} />
        </Text>
      )}
      {action.type === "http" ? (
        <AboutHttp action={action} version={version} />
      ) : (
        <AboutQuery action={action} version={version} isDraft={isDraft} />
      )}
    </Stack>
  );
}

function Faults({ action: { errors = [] } }: { action: Action }) {
  if (errors.length === 0) return null;
  const isError = errors.some(({ severity }) => severity === "error");
  return (
    <Alert
      color={isError ? "red" : "yellow"}
      icon={<TriangleAlert size={18} />}
      title={isError ? "It cannot be called or published like this" : "Worth a look"}
    >
      <List size="sm">
        {errors.map(({ field, message, severity }) => (
          <List.Item key={`${field}${message}`}>
            {field && <Code>{field}</Code>} {message} {isError && severity === "warning" && "(only a warning)"}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

function AboutHttp({ action, version }: { action: ActionHTTP; version: string }) {
  const { parameters, requestBody, responses } = action;
  return (
    <>
      {parameters.length > 0 && (
        <Section title="Parameters">
          <dl className={classes.parameters}>
            {parameters.map((one) => (
              <Parameter key={`${one.in}${one.name}`} {...one} />
            ))}
          </dl>
        </Section>
      )}
      {requestBody && (
        <Section title="Body" aside={requestBody.required ? "required" : "may be left out"}>
          <Definitions links={requestBody.definitions} version={version} none="Any JSON: nothing describes it." of="the body" />
        </Section>
      )}
      <Section title="Answers">
        {responses.length === 0 ? (
          <Text size="sm" c="dimmed">
            Nothing is said of its answers.
          </Text>
        ) : (
          <Stack gap="md">
            {responses.map((response, at) => (
              <Response key={response.id} response={response} version={version} isFirst={at === 0} />
            ))}
          </Stack>
        )}
      </Section>
    </>
  );
}

/** One answer: what it means is there at once, what it looks like when it is opened. */
function Response({ response, version, isFirst }: { response: ActionHTTP["responses"][number]; version: string; isFirst: boolean }) {
  const { status, description, definitions } = response;
  const [isOpen, setOpen] = useState(isFirst);
  const name = status === undefined ? "any other status" : `status ${status}`;
  return (
    <div>
      <Group gap="sm" mb={4}>
        {status === undefined ? <Badge color="gray">any other status</Badge> : <Status status={status} />}
        {description && (
          <Text size="sm">
            <Prose text={description} />
          </Text>
        )}
        {definitions.length > 0 && (
          <Button size="compact-xs" variant="subtle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? "Hide" : "Show"} its body<VisuallyHidden> with {name}</VisuallyHidden>
          </Button>
        )}
      </Group>
      {isOpen && definitions.length > 0 && <Definitions links={definitions} version={version} none="" of={name} />}
    </div>
  );
}

function Section({ title, aside, children }: { title: string; aside?: string; children: React.ReactNode }) {
  return (
    <section>
      <Group gap="sm" mb="xs">
        <Title order={3}>{title}</Title>
        {aside && (
          <Text size="sm" c="dimmed">
            {aside}
          </Text>
        )}
      </Group>
      <Paper>{children}</Paper>
    </section>
  );
}

function Parameter({ name, in: where, required, type, default: otherwise, description, schema }: ActionHTTP["parameters"][number]) {
  const says = typeof schema === "object" && schema !== null ? (schema as Record<string, unknown>) : {};
  const isList = [says.type].flat().includes("array");
  const values = (says.enum ?? (says.items as { enum?: unknown } | undefined)?.enum) as unknown[] | undefined;
  const facts = [
    isList ? `list of ${words[type]}` : words[type],
    `in the ${where}`,
    ...["minimum", "maximum", "minLength", "maxLength", "pattern", "format"].flatMap((key) =>
      says[key] === undefined ? [] : [`${key} ${String(says[key])}`],
    ),
    ...(otherwise === undefined ? [] : [`${typeof otherwise === "string" ? otherwise : JSON.stringify(otherwise)} when left out`]),
  ];
  return (
    <div>
      <dt>
        <span className={classes.name}>{name}</span>
        {(required || where === "path") && <span className={classes.required}>required</span>}
      </dt>
      <dd>
        <Text size="xs" c="dimmed">
          {facts.join(" · ")}
        </Text>
        {Array.isArray(values) && (
          <Group gap={4} mt={2}>
            {values.slice(0, 30).map((value) => (
              <Code key={JSON.stringify(value)}>{typeof value === "string" ? value : JSON.stringify(value)}</Code>
            ))}
          </Group>
        )}
        {description && (
          <Text size="sm" style={{ whiteSpace: "pre-line" }}>
            <Prose text={description} />
          </Text>
        )}
      </dd>
    </div>
  );
}

const words = { string: "text", number: "number", integer: "whole number", boolean: "true or false" } as const;

function Definitions({ links, version, none, of }: { links: readonly ActionDefinition[]; version: string; none: string; of: string }) {
  if (links.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {none}
      </Text>
    );
  return (
    <Stack gap="md">
      {links.map(({ id, definition, accept = definition.accept }) => (
        <div key={id}>
          <Group gap={6} mb={4}>
            {accept.map((type) => (
              <Code key={type}>{type}</Code>
            ))}
          </Group>
          <DefinitionSchema definition={definition} version={version} label={`${definition.name}, ${of}`} />
        </div>
      ))}
    </Stack>
  );
}
