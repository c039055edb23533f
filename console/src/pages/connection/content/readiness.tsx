import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { ConnectionVersion } from "@mooring/contract";
import { CircleCheck } from "lucide-react";
import { useState } from "react";
import { Answered } from "../../../parts/answer.tsx";
import { useContents } from "./contents.ts";
import { FaultList } from "./fault-list.tsx";
import { useExamination } from "./faults.ts";
import { counted } from "./subscribers.tsx";

/** Whether a draft can be published, and if not, what stands in the way. */
export function Readiness({ version }: { version: ConnectionVersion }) {
  const [isAsked, setAsked] = useState(false);
  const totals = useContents(version.name).map(({ total }) => total);
  const total = totals.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  // A thousand actions are megabytes: those are looked through when somebody wants to know.
  const isSmall = totals.every((one) => one !== undefined) && total <= lookedThrough;
  const query = useExamination(version.name, { isWanted: isAsked || isSmall });
  const isOffered = totals.every((one) => one !== undefined) && !isSmall && !isAsked;
  return (
    <Paper component="section" aria-labelledby="readiness">
      <Stack gap="xs">
        <Title order={3} id="readiness">
          Ready to publish?
        </Title>
        {isOffered ? (
          <Group justify="space-between">
            <Text size="sm">It holds a lot, so it was not looked through yet. Publishing checks all of it in any case.</Text>
            <Button variant="default" size="xs" onClick={() => setAsked(true)}>
              Look for faults
            </Button>
          </Group>
        ) : (
          <Answered query={query}>
            {({ faults, isWhole }) => {
              const errors = faults.filter(({ severity }) => severity === "error").length;
              return (
                <>
                  <Verdict errors={errors} warnings={faults.length - errors} isWhole={isWhole} />
                  {faults.length > 0 && <FaultList faults={faults} version={version.name} />}
                </>
              );
            }}
          </Answered>
        )}
      </Stack>
    </Paper>
  );
}

const lookedThrough = 400;

function Verdict({ errors, warnings, isWhole }: { errors: number; warnings: number; isWhole: boolean }) {
  if (errors > 0)
    return (
      <Text size="sm">
        {errors === 1 ? "One thing has" : `${errors.toLocaleString("en")} things have`} to be mended first
        {isWhole ? "." : ", of the first 5,000 that were looked at."}
      </Text>
    );
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <CircleCheck size={17} color="var(--mantine-color-green-7)" style={{ flex: "none", marginTop: 2 }} aria-hidden />
      <Text size="sm">
        Nothing is wrong that is known{warnings > 0 ? `, but there ${warnings === 1 ? "is" : "are"} ${counted(warnings, "warning")}` : ""}.
        Publishing checks everything together once more.
      </Text>
    </Group>
  );
}
