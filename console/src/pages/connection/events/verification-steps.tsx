import { Alert, Badge, Group, Paper, Stack, Text } from "@mantine/core";
import type { Verification } from "@mooring/contract";
import { CircleCheck, CircleX } from "lucide-react";

/** What was compared, step by step, and how it came out. */
export function VerificationSteps({ verification: { passed, steps } }: { verification: Verification }) {
  return (
    <Stack gap="xs">
      <Alert color={passed ? "green" : "red"} icon={passed ? <CircleCheck size={18} /> : <CircleX size={18} />} role="status">
        <Text size="sm" fw={600}>
          {passed ? "It passes: every trigger credential of the environment is satisfied." : "It does not pass."}
        </Text>
      </Alert>
      {steps.map((step, index) => (
        <Paper key={index} p="sm">
          <Group gap="xs" align="flex-start" wrap="nowrap">
            {step.passed ? <CircleCheck size={16} aria-label="passed" /> : <CircleX size={16} aria-label="did not pass" />}
            <Stack gap={2} miw={0}>
              <Group gap={6}>
                <Text size="sm" fw={600}>
                  {step.what}
                </Text>
                {step.scheme && <Badge color="gray">{step.scheme}</Badge>}
              </Group>
              <Text size="sm">{step.message}</Text>
              {step.expected !== undefined && <Compared title="Expected" value={step.expected} />}
              {step.found !== undefined && <Compared title="Found" value={step.found} />}
            </Stack>
          </Group>
        </Paper>
      ))}
    </Stack>
  );
}

function Compared({ title, value }: { title: string; value: string }) {
  return (
    <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
      {title}: <code>{value}</code>
    </Text>
  );
}
