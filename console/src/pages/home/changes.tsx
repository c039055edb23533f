import { Anchor, Group, Paper, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import type { AuditEntry } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { Link, type LinkProps } from "@tanstack/react-router";
import { Building2, Cable, FileStack, KeyRound, type LucideIcon, Server, Users, VenetianMask, Webhook } from "lucide-react";
import { useOrganisation, usePerson } from "../../api/session.ts";
import { Answered } from "../../parts/answer.tsx";
import { deedOf, type Told, toldOf } from "../../parts/change-sentence.ts";
import { Ago } from "../../parts/time.tsx";
import classes from "./list.module.css";
import { auditQuery, latestQuery } from "./queries.ts";

/** What was changed last, by whom, told in sentences; for whoever may read the audit. */
export function Changes() {
  const org = useOrganisation();
  const query = useQuery(auditQuery(org));
  return (
    <Paper component="section" p="lg" aria-label="What changed lately">
      <Group justify="space-between" mb="xs">
        <Title order={2}>What changed lately</Title>
        <Anchor size="sm" renderRoot={(props) => <Link {...props} to="/o/$org/audit" params={{ org }} />}>
          All changes
        </Anchor>
      </Group>
      <Answered query={query}>
        {({ items }) => (
          <ul className={classes.rows}>
            {toldOf(items)
              .slice(0, shownMax)
              .map((told) => (
                <Change key={told.entry.id} told={told} />
              ))}
          </ul>
        )}
      </Answered>
    </Paper>
  );
}

const shownMax = 7;

function Change({ told }: { told: Told }) {
  const { entry, times } = told;
  const Icon = icons[entry.subject.type] ?? FileStack;
  return (
    <li className={classes.row}>
      <ThemeIcon variant="light" color="gray" radius="xl" size={30}>
        <Icon size={15} />
      </ThemeIcon>
      <Stack gap={0} flex={1} miw={0}>
        <Text size="sm">
          <Actor actor={entry.actor} /> {deedOf(entry, times)} {times === 1 && <Subject told={told} />}
        </Text>
        <Text size="xs" c="dimmed" component="div">
          <Ago at={entry.at} />
        </Text>
      </Stack>
    </li>
  );
}

const icons: Readonly<Record<string, LucideIcon>> = {
  "api-key": KeyRound,
  connection: Cable,
  credential: VenetianMask,
  environment: Server,
  event: Webhook,
  invitation: Users,
  member: Users,
  organisation: Building2,
  subscription: Webhook,
  trigger: Webhook,
};

function Actor({ actor: { type, id, name } }: Pick<AuditEntry, "actor">) {
  const person = usePerson();
  if (type === "system") return "Mooring";
  if (type === "person" && id === person.id) return "You";
  return <b>{type === "api-key" ? `The key ${name ?? id}` : (name ?? "Somebody")}</b>;
}

function Subject({ told: { entry, isGone } }: { told: Told }) {
  const org = useOrganisation();
  const { type, id, name } = entry.subject;
  const link = isGone ? undefined : linkTo(org, type, id);
  if (name === undefined) return null;
  return link ? (
    <Anchor inherit renderRoot={(props) => <Link {...props} {...link} />}>
      {name}
    </Anchor>
  ) : (
    <b>{name}</b>
  );
}

/** Where something has its page; undefined when it stands below something that the audit does not name. */
function linkTo(org: string, type: string, id: string): LinkProps | undefined {
  if (type === "connection") return { to: "/o/$org/connections/$connection", params: { org, connection: id } };
  if (type === "credential") return { to: "/o/$org/credentials/$credential", params: { org, credential: id } };
  if (type === "api-key") return { to: "/o/$org/api-keys", params: { org } };
  if (type === "member" || type === "invitation") return { to: "/o/$org/members", params: { org } };
  return undefined;
}

/** The connections that changed last; for whoever may not read the audit. */
export function LatestConnections() {
  const org = useOrganisation();
  const query = useQuery(latestQuery(org));
  return (
    <Paper component="section" p="lg" aria-label="What changed lately">
      <Title order={2} mb="xs">
        What changed lately
      </Title>
      <Answered query={query}>
        {({ items }) => (
          <ul className={classes.rows}>
            {items.map(({ id, name, updatedAt }) => (
              <li key={id} className={classes.row}>
                <Anchor
                  size="sm"
                  fw={550}
                  flex={1}
                  renderRoot={(props) => <Link {...props} to="/o/$org/connections/$connection" params={{ org, connection: id }} />}
                >
                  {name}
                </Anchor>
                <Text size="xs" c="dimmed" component="div">
                  <Ago at={updatedAt} />
                </Text>
              </li>
            ))}
          </ul>
        )}
      </Answered>
    </Paper>
  );
}
