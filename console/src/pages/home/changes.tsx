import { Anchor, Group, Paper, Text, ThemeIcon, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Building2, Cable, FileStack, KeyRound, type LucideIcon, Server, Users, VenetianMask, Webhook } from "lucide-react";
import { useOrganisation } from "../../api/session.ts";
import { Answered } from "../../parts/answer.tsx";
import { ChangeSentence, type Told, toldOf } from "../../parts/change-sentence.tsx";
import { Ago } from "../../parts/time.tsx";
import { useActorNames } from "../activity/names.ts";
import classes from "./list.module.css";
import { auditQuery, latestQuery } from "./queries.ts";

/** What was changed last, by whom, told in sentences; for whoever may read the audit. */
export function Changes() {
  const org = useOrganisation();
  const query = useQuery(auditQuery(org));
  const { known } = useActorNames();
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
                <Change key={told.entry.id} told={told} actor={known.find(({ value }) => value === told.entry.actor.id)?.label} />
              ))}
          </ul>
        )}
      </Answered>
    </Paper>
  );
}

const shownMax = 7;

function Change({ told, actor }: { told: Told; actor: string | undefined }) {
  const Icon = icons[told.entry.subject.type] ?? FileStack;
  return (
    <li className={classes.row}>
      <ThemeIcon variant="light" color="gray" radius="xl" size={26}>
        <Icon size={14} />
      </ThemeIcon>
      <Text size="sm" flex={1} miw={0} pt={2}>
        <ChangeSentence told={told} actor={actor} />
      </Text>
      <Text size="xs" c="dimmed" component="div" className={classes.when}>
        <Ago at={told.entry.at} />
      </Text>
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
                <Text size="xs" c="dimmed" component="div" className={classes.when}>
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
