import { Alert, Anchor, Button, Group, Progress, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { FileUp } from "lucide-react";
import { Refusal } from "../../api/problem.ts";
import { size } from "../../parts/time.tsx";
import { type ImportJob, useImportJob } from "./import-job.ts";

type Running = Extract<ImportJob, { state: "sending" | "reading" }>;

/** How far an import is. It may be left, and cancelled. */
export function ImportProgress({ job }: { job: Running }) {
  const { chosen, cancel } = job;
  const percent = percentOf(job);
  const doing =
    job.state === "sending" ? `Sending: ${size(job.sentBytes)} of ${size(chosen.file.size)}` : "All of it has arrived, and is being read";
  return (
    <Stack>
      <Text fw={600}>{chosen.file.name}</Text>
      <Progress.Root size="lg">
        <Progress.Section value={percent} animated={job.state === "reading"} aria-label={`Import of ${chosen.file.name}`} />
      </Progress.Root>
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status">
          {doing}
        </Text>
        <Button variant="default" size="xs" onClick={cancel}>
          Cancel the import
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        A large file takes some seconds. You may leave this page meanwhile: what came of it is here when you are back. Only the browser's
        tab should stay open.
      </Text>
    </Stack>
  );
}

/** A line for other pages while an import runs, or has ended and was not looked at. Nothing when there is none. */
export function ImportUnderWay({ org }: { org: string }) {
  const job = useImportJob(org);
  if (!job || (job.state === "refused" && job.error instanceof Refusal && job.error.code === "cancelled")) return null;
  const words = {
    sending: "is on its way",
    reading: "is being read",
    refused: "could not be imported",
    done: "is imported",
  } as const satisfies Record<ImportJob["state"], string>;
  return (
    <Alert color={job.state === "refused" ? "red" : "harbour"} icon={<FileUp size={18} />} p="sm">
      <Group gap="xs">
        <Text size="sm" role="status">
          {job.chosen.file.name} {words[job.state]}.
        </Text>
        <Anchor size="sm" renderRoot={(props) => <Link {...props} to="/o/$org/connections/new/file" params={{ org }} />}>
          {job.state === "done" ? "See what came of it" : "See how it is going"}
        </Anchor>
      </Group>
    </Alert>
  );
}

/** Sending is nine tenths of the bar; how long reading takes nobody knows. */
const percentOf = (job: Running) => (job.state === "reading" ? 100 : Math.round((90 * job.sentBytes) / Math.max(1, job.chosen.file.size)));
