import { Alert, Badge, Code, Group, List, Stack, Text } from "@mantine/core";
import type { ExplainedStep } from "@mooring/contract";
import { CircleCheck, CircleX } from "lucide-react";
import { duration } from "../../../parts/time.tsx";
import { schemeNames } from "../../credentials/words.ts";
import type { Tested } from "./test-sending.ts";

/** How a test went: whether the outside system took the credentials, and what each of them did. */
export function TestResult({ tested, credential }: { tested: Tested; credential: string }) {
  const { status, durationMs, refusal, explanation } = tested;
  const isGood = refusal === undefined && status < 400;
  return (
    <Stack gap="sm">
      <Alert
        role="status"
        color={isGood ? "green" : "red"}
        icon={isGood ? <CircleCheck size={18} /> : <CircleX size={18} />}
        title={
          refusal === undefined
            ? `${status} from the outside system, after ${duration(durationMs)}`
            : `Not sent, or not answered (${status})`
        }
      >
        {refusal ?? verdict(status)}
      </Alert>
      {explanation.request && (
        <Text size="sm">
          <Code>
            {explanation.request.method} {explanation.request.url}
          </Code>
        </Text>
      )}
      <Text size="sm" fw={600}>
        What each credential did, in order
      </Text>
      <List type="ordered" size="sm" spacing="xs" aria-label="What each credential did">
        {explanation.steps.map((step, index) => (
          <List.Item key={index.toString()}>
            <Step step={step} isAsked={step.credential.id === credential} />
          </List.Item>
        ))}
      </List>
    </Stack>
  );
}

function verdict(status: number): string {
  if (status === 401 || status === 403) return "It did not take the credentials for this path: is the secret right, and may it do this?";
  if (status === 404) return "It answered that there is nothing at this path. Try one that you know.";
  if (status >= 500) return "The outside system has a fault of its own.";
  if (status >= 400) return "It did not like the call, for a reason other than who calls.";
  return "It took the call.";
}

function Step({ step, isAsked }: { step: ExplainedStep; isAsked: boolean }) {
  return (
    <div>
      <Group gap={6}>
        <Text span inherit fw={600}>
          {step.credential.name ?? schemeNames[step.scheme]}
        </Text>
        {isAsked && <Badge size="sm">this one</Badge>}
      </Group>
      <Text inherit>{wordsOf(step)}</Text>
      {step.problem && (
        <Text inherit c="var(--mantine-color-error)">
          {step.problem.message}
        </Text>
      )}
    </div>
  );
}

function wordsOf({ scheme, sets, signs, overwritten = [], token }: ExplainedStep): string {
  const places = sets.map((place) => `the ${place.in === "query" ? "query parameter" : place.in} ${place.name}`);
  const lost = overwritten.map(({ name }) => name);
  return [
    places.length > 0 ? `${schemeNames[scheme]}: sets ${places.join(" and ")}.` : `${schemeNames[scheme]}: sets nothing.`,
    signs && signs.length > 0 ? `Signs ${signs.join(" and ")}.` : "",
    lost.length > 0 ? `A later one overwrites ${lost.join(" and ")}.` : "",
    token ? `Its token: ${token.renewal.why}` : "",
  ]
    .filter(Boolean)
    .join(" ");
}
