import { Badge, Button, Group, Paper, SegmentedControl, Stack, Text, TextInput, Title } from "@mantine/core";
import type { Message } from "@mooring/contract";
import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleX, Info, type LucideIcon, Search, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useOrganisation } from "../../api/session.ts";
import { Fault } from "../../parts/fault.tsx";
import { Ticked } from "../../parts/ticked.tsx";
import type { Outcome } from "./import-job.ts";
import classes from "./import-outcome.module.css";

/** What came of an import: how much there is, what could not be carried over and why, and the way on. */
export function ImportOutcome({ outcome, onAgain }: { outcome: Outcome; onAgain: () => void }) {
  const org = useOrganisation();
  const { connection, counts, messages, renameError } = outcome;
  const params = { org, connection: connection.id };
  return (
    <Stack gap="lg">
      <Paper p={{ base: "md", sm: "xl" }}>
        <Stack>
          <Group gap="sm" wrap="nowrap" align="flex-start">
            <CircleCheck size={26} className={classes.done} aria-hidden />
            <div>
              <Title order={2}>{connection.name} is there</Title>
              <Text size="sm" c="dimmed">
                With a draft of version 1, in one environment. Next, give it a credential, and try an action.
              </Text>
            </div>
          </Group>
          {renameError !== undefined && (
            <>
              <Text size="sm">It has the name that the file gives it, because yours was refused:</Text>
              <Fault error={renameError} />
            </>
          )}
          <dl className={classes.counts}>
            <Count one="action" many="actions" count={counts.actions} />
            <Count one="definition" many="definitions" count={counts.definitions} />
            <Count one="trigger" many="triggers" count={counts.triggers} />
            <Count one="way to prove identity" many="ways to prove identity" count={counts.authSchemes} />
          </dl>
          <Group>
            <Button renderRoot={(props) => <Link {...props} to="/o/$org/connections/$connection" params={params} onClick={onAgain} />}>
              Go to the connection
            </Button>
            <Button
              variant="default"
              renderRoot={(props) => (
                <Link {...props} to="/o/$org/connections/$connection/environments" params={params} onClick={onAgain} />
              )}
            >
              Add a credential
            </Button>
            <Button variant="subtle" onClick={onAgain}>
              Import another file
            </Button>
          </Group>
        </Stack>
      </Paper>
      <Messages messages={messages} />
    </Stack>
  );
}

function Count({ one, many, count }: { one: string; many: string; count: number }) {
  return (
    <div>
      <dt>{count === 1 ? one : many}</dt>
      <dd>{count.toLocaleString("en")}</dd>
    </div>
  );
}

const severities = {
  error: { title: "Not carried over", color: "red", icon: CircleX },
  warning: { title: "Carried over with a difference", color: "orange", icon: TriangleAlert },
  info: { title: "Good to know", color: "blue", icon: Info },
} as const satisfies Record<Message["severity"], { title: string; color: string; icon: LucideIcon }>;
const order = ["error", "warning", "info"] as const;

/** What the import has to say, the gravest first; narrowed by kind, and by a word or a place in the file. */
function Messages({ messages }: { messages: readonly Message[] }) {
  const [only, setOnly] = useState<Message["severity"] | "all">("all");
  const [search, setSearch] = useState("");
  if (messages.length === 0)
    return (
      <Text c="dimmed" size="sm">
        All that the file says was carried over.
      </Text>
    );
  const of = (severity: Message["severity"]) => messages.filter((message) => message.severity === severity);
  const words = search.trim().toLowerCase();
  const present = order.filter((one) => of(one).length > 0);
  const fits = ({ text, detail = [] }: Message) => words === "" || [text, ...detail].some((one) => one.toLowerCase().includes(words));
  const groups = order
    .filter((severity) => only === "all" || only === severity)
    .map((severity) => [severity, of(severity).filter(fits)] as const);
  return (
    <Stack component="section" aria-label="What the import has to say">
      <Group justify="space-between">
        {present.length > 1 && (
          <SegmentedControl
            aria-label="Which messages"
            value={only}
            onChange={(value) => setOnly(value as typeof only)}
            data={[
              { value: "all", label: `All ${messages.length}` },
              ...present.map((one) => ({ value: one, label: `${shortly[one]} ${of(one).length}` })),
            ]}
          />
        )}
        <TextInput
          type="search"
          aria-label="Search the messages"
          placeholder="Search a word or place"
          leftSection={<Search size={16} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      </Group>
      {groups.map(
        ([severity, found]) => found.length > 0 && <MessageGroup key={severity} severity={severity} messages={found} words={words} />,
      )}
      {groups.every(([, found]) => found.length === 0) && (
        <Text c="dimmed" size="sm" role="status">
          No message has this in it.
        </Text>
      )}
    </Stack>
  );
}

const shortly = { error: "Left out", warning: "Changed", info: "Notes" } as const satisfies Record<Message["severity"], string>;

interface Kind {
  readonly severity: Message["severity"];
  readonly messages: readonly Message[];
  /** What is searched for, in small letters. */
  readonly words: string;
}

function MessageGroup({ severity, messages, words }: Kind) {
  const { title, color, icon: Icon } = severities[severity];
  return (
    <Paper p={0}>
      <Group gap="xs" p="md" className={classes.head}>
        <Icon size={18} color={`light-dark(var(--mantine-color-${color}-8), var(--mantine-color-${color}-4))`} aria-hidden />
        <Title order={3}>{title}</Title>
        <Badge color="gray">{messages.length}</Badge>
      </Group>
      <ul className={classes.messages}>
        {messages.map(({ text, detail = [] }) => (
          <li key={text}>
            <Text size="sm">
              <Ticked>{text}</Ticked>
            </Text>
            {detail.length > 0 && <Places places={placesOf(detail, words)} />}
          </li>
        ))}
      </ul>
    </Paper>
  );
}

/** The places that have the words in them; all, where it is the message itself that has them. */
function placesOf(places: readonly string[], words: string): readonly string[] {
  const found = places.filter((place) => place.toLowerCase().includes(words));
  return found.length > 0 ? found : places;
}

const fewMax = 3;

function Places({ places }: { places: readonly string[] }) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? places : places.slice(0, fewMax);
  return (
    <>
      <ul className={classes.places}>
        {shown.map((place) => (
          <li key={place}>{place}</li>
        ))}
      </ul>
      {places.length > fewMax && (
        <Button size="compact-xs" variant="subtle" ml={-8} aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Fewer places" : `All ${places.length} places`}
        </Button>
      )}
    </>
  );
}
