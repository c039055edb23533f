import { Alert, Anchor, Badge, Code, Group, Stack, Text, Title } from "@mantine/core";
import type { ExplainedStep, Explanation } from "@mooring/contract";
import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleDashed, CircleSlash, Globe, KeyRound, Timer } from "lucide-react";
import type { ReactNode } from "react";
import { useOrganisation } from "../../../../api/session.ts";
import { Copy } from "../../../../parts/copy.tsx";
import { size } from "../../../../parts/time.tsx";
import classes from "./try.module.css";

/** What a call would come to: the request that would leave, what each credential does to it, where it may go, and how long it may take. */
export function Explained({ explanation, isOld }: { explanation: Explanation; isOld: boolean }) {
  const { request, steps, egress, deadlines, dropped } = explanation;
  return (
    <Stack gap="lg" aria-busy={isOld}>
      <Verdict explanation={explanation} />
      {request && (
        <section aria-label="The request that would leave">
          <Group justify="space-between" wrap="nowrap" align="start" gap="xs">
            <Text ff="monospace" size="sm" className={classes.line}>
              <b>{request.method}</b> {request.url}
            </Text>
            <Copy value={request.url} label="Copy the address" />
          </Group>
          <dl className={classes.headers}>
            {request.headers.map(({ name, value }, at) => (
              <div key={`${name}${at.toString()}`}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          {request.body && (
            <Text size="xs" c="dimmed" mt={6}>
              {request.body.bytes === undefined ? "A body" : `A body of ${size(request.body.bytes)}`}
              {request.body.held ? ", held until all of it is there" : ", sent on as it comes"}
            </Text>
          )}
          {request.body?.text && <Code block>{pretty(request.body.text)}</Code>}
        </section>
      )}
      <Part icon={KeyRound} title="Credentials, in their order">
        {steps.length === 0 ? (
          <Text size="sm" c="dimmed">
            None: this environment sends nothing that proves who calls.
          </Text>
        ) : (
          <ol className={classes.steps}>
            {steps.map((step) => (
              <Step key={step.credential.id} step={step} />
            ))}
          </ol>
        )}
      </Part>
      {egress && (
        <Part icon={Globe} title="Where it goes">
          <Text size="sm" className={classes.line}>
            {egress.allowed ? "To" : "It cannot go to"} <Code>{egress.origin}</Code>
            {egress.addresses && egress.addresses.length > 0 && ` at ${egress.addresses.join(", ")}`}
          </Text>
          {egress.reason && (
            <Text size="sm" c="var(--mantine-color-error)">
              {egress.reason}
            </Text>
          )}
        </Part>
      )}
      <Part icon={Timer} title="How long it may take">
        <Text size="sm">
          {lasting(deadlines.totalMs / 1_000)} in all: {lasting(deadlines.connectMs / 1_000)} to connect,{" "}
          {lasting(deadlines.headersMs / 1_000)} until it answers, {lasting(deadlines.idleMs / 1_000)} of silence
        </Text>
      </Part>
      {dropped.length > 0 && (
        <details className={classes.dropped}>
          <summary>
            {dropped.length} {dropped.length === 1 ? "header stays" : "headers stay"} here
          </summary>
          <dl className={classes.headers}>
            {dropped.map(({ name, why }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{why}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </Stack>
  );
}

function Verdict({ explanation: { wouldSend, problem, egress, steps } }: { explanation: Explanation }) {
  if (wouldSend)
    return (
      <Group gap={6} wrap="nowrap">
        <CircleCheck size={16} color="light-dark(var(--mantine-color-green-8), var(--mantine-color-green-4))" aria-hidden />
        <Text size="sm" fw={550}>
          This is what would leave. Nothing is sent yet.
        </Text>
      </Group>
    );
  // What is still to be filled in is no failure.
  if (problem?.code === "invalid_request")
    return (
      <Alert color="gray" icon={<CircleDashed size={18} />} title="Not ready to be sent">
        <ul className={classes.reasons}>
          {(problem.fields ?? []).map(({ field, message }) => (
            <li key={`${field}${message}`}>
              <Code>{field}</Code> {message}
            </li>
          ))}
        </ul>
      </Alert>
    );
  const reason = problem?.message ?? steps.find((step) => step.problem)?.problem?.message ?? egress?.reason;
  return (
    <Alert color="red" icon={<CircleSlash size={18} />} title="This call would not be sent">
      <Text size="sm">{reason ?? "Something below stands in its way."}</Text>
    </Alert>
  );
}

function Part({ icon: Icon, title, children }: { icon: typeof KeyRound; title: string; children: ReactNode }) {
  return (
    <section>
      <Group gap={6} mb={4}>
        <Icon size={14} aria-hidden />
        <Title order={4} size="sm">
          {title}
        </Title>
      </Group>
      {children}
    </section>
  );
}

function Step({ step }: { step: ExplainedStep }) {
  const org = useOrganisation();
  const { credential, scheme, sets, signs, overwritten = [], token, problem } = step;
  return (
    <li>
      <Group gap={6}>
        <Anchor size="sm" fw={550} renderRoot={(props) => <Link {...props} to={`/o/${org}/credentials/${credential.id}` as string} />}>
          {credential.name ?? "A credential without a name"}
        </Anchor>
        <Badge color="gray">{schemeWords[scheme]}</Badge>
      </Group>
      <Text size="sm">
        {sets.length === 0 ? "Sets nothing" : "Sets "}
        {sets.map(({ in: place, name }, at) => (
          <span key={`${place}${name}`}>
            {at > 0 && ", "}
            {placeWords[place]} <Code>{name}</Code>
          </span>
        ))}
        {signs && `, signs ${signs.map((part) => (part === "url" ? "the address" : "the body")).join(" and ")}`}
      </Text>
      {overwritten.map(({ in: place, name, by }) => (
        <Text key={`${place}${name}`} size="sm" c="var(--mantine-color-error)">
          {placeWords[place]} {name} is overwritten by credential {by + 1}
        </Text>
      ))}
      {token && (
        <Text size="sm" c="dimmed">
          Token: {tokenWords[token.state]}
          {token.expiresInSeconds !== undefined &&
            (token.expiresInSeconds > 0 ? `, ends in ${lasting(token.expiresInSeconds)}` : ", has ended")}
          . {token.renewal.why}
        </Text>
      )}
      {problem && (
        <Text size="sm" c="var(--mantine-color-error)">
          {problem.message}
        </Text>
      )}
    </li>
  );
}

const placeWords = { header: "the header", query: "the query parameter", cookie: "the cookie" } as const;
const tokenWords = {
  ok: "good",
  expiring: "ends soon",
  refreshing: "being renewed",
  failing: "could not be renewed",
  reauth_required: "somebody has to sign in again",
} as const;
const schemeWords = {
  none: "no proof",
  "api-key": "API key",
  "basic-auth": "name and password",
  oauth2: "OAuth 2.0",
  "google-service-account": "Google service account",
  hmac: "signature",
} as const;

function lasting(seconds: number): string {
  if (seconds < 120) return `${Number(seconds.toFixed(3))} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} minutes`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} hours` : `${Math.round(seconds / 86_400)} days`;
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
