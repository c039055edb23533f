import { Alert, Code, Group, List, Stack, Tabs, Text, Title } from "@mantine/core";
import { CircleCheck, CircleHelp, TriangleAlert } from "lucide-react";
import { duration, size } from "../../../../parts/time.tsx";
import { AnswerBody } from "./answer-body.tsx";
import { type CallAnswer, headerOf, parsed } from "./gateway.ts";
import { Redirected } from "./redirected.tsx";
import { CallLink, Status } from "./status.tsx";
import classes from "./try.module.css";

interface Answered {
  readonly answer: CallAnswer;
  readonly connection: string;
  /** When the call was made: what the browser hides of a redirect is looked up in the record. */
  readonly sentAt: string;
}

/** The answer to a call: whose it was, how it went, and all of it. */
export function Answer({ answer, connection, sentAt }: Answered) {
  if (answer.status === 0) return <Redirected connection={connection} sentAt={sentAt} durationMs={answer.durationMs} />;
  const isOurs = headerOf(answer, "mooring-origin") !== "upstream";
  const attempts = Number(headerOf(answer, "mooring-attempts") ?? 1);
  const id = headerOf(answer, "mooring-request-id");
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Status status={answer.status} />
        <Text size="sm">{isOurs ? "Answer of Mooring: nothing came from the outside system" : "Answer of the outside system"}</Text>
      </Group>
      <Group gap="md" className={classes.facts}>
        <span>{duration(answer.durationMs)}</span>
        <span>{size(answer.bytes.length)}</span>
        {attempts > 1 && <span>sent {attempts} times</span>}
        {id && <CallLink id={id} />}
      </Group>
      {answer.cut && <Text size="sm">{cutWords[answer.cut]}</Text>}
      <Validity answer={answer} />
      {isOurs ? <Ours answer={answer} /> : <Whole answer={answer} />}
    </Stack>
  );
}

const cutWords = {
  stopped: "You stopped it; this is what came until then.",
  broken: "The answer broke off; this is what came until then.",
  "too long": "It is longer than a page can hold; this is its beginning.",
} as const;

type OwnAnswer = { readonly message?: string; readonly code?: string; readonly fields?: readonly { field: string; message: string }[] };

function Ours({ answer }: { answer: CallAnswer }) {
  const body = parsed(new TextDecoder().decode(answer.bytes)) as OwnAnswer;
  return (
    <Alert
      color="orange"
      icon={<TriangleAlert size={18} />}
      title={body.fields ? "Nothing was sent: something is to be mended first" : "It was not sent, or nothing came back"}
    >
      <Text size="sm">{body.message ?? "Mooring gave no reason."}</Text>
      {body.fields && (
        <List size="sm" mt="xs">
          {body.fields.map(({ field, message }) => (
            <List.Item key={`${field}${message}`}>
              {field && <Code>{field}</Code>} {message}
            </List.Item>
          ))}
        </List>
      )}
      {body.code && (
        <Text size="xs" c="dimmed" mt={4}>
          <Code>{body.code}</Code>
        </Text>
      )}
    </Alert>
  );
}

function Whole({ answer }: { answer: CallAnswer }) {
  // A challenge is kept from the browser under a name of Mooring's.
  const shown = answer.headers
    .map(([name, value]) => [name === "mooring-www-authenticate" ? "www-authenticate" : name, value] as const)
    .filter(([name]) => !name.startsWith("mooring-"));
  return (
    <Tabs defaultValue="body" keepMounted={false}>
      <Tabs.List mb="sm">
        <Tabs.Tab value="body">Body</Tabs.Tab>
        <Tabs.Tab value="headers">Headers ({shown.length})</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="body">
        <AnswerBody bytes={answer.bytes} type={headerOf(answer, "content-type") ?? ""} />
      </Tabs.Panel>
      <Tabs.Panel value="headers">
        <dl className={classes.headers}>
          {shown.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </Tabs.Panel>
    </Tabs>
  );
}

/** Whether the answer is what the action says, where that was asked for. */
function Validity({ answer }: { answer: CallAnswer }) {
  const valid = headerOf(answer, "mooring-response-valid");
  if (valid === undefined) return null;
  const found = parsed(headerOf(answer, "mooring-response-faults") ?? "[]");
  const faults = Array.isArray(found) ? (found as { field: string; message: string }[]) : [];
  const [color, title, Icon] =
    valid === "true"
      ? (["green", "It is what the definition says", CircleCheck] as const)
      : valid === "false"
        ? (["orange", "It is not what the definition says", TriangleAlert] as const)
        : (["gray", "It was not held against the definition", CircleHelp] as const);
  return (
    <Alert color={color} icon={<Icon size={18} />} title={title} p="sm">
      {faults.length > 0 && (
        <List size="sm">
          {faults.map(({ field, message }) => (
            <List.Item key={`${field}${message}`}>
              {field && <Code>{field}</Code>} {message}
            </List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
}

/** The heading of an answer, to which the page goes when it comes. */
export function AnswerTitle({ place }: { place: React.RefObject<HTMLHeadingElement | null> }) {
  return (
    <Title order={3} ref={place} tabIndex={-1} className={classes.answerTitle}>
      Answer
    </Title>
  );
}
