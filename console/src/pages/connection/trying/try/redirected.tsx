import { Alert, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { CornerUpRight } from "lucide-react";
import { queryOf } from "../../../../api/queries.ts";
import { useOrganisation, usePerson } from "../../../../api/session.ts";
import { duration } from "../../../../parts/time.tsx";
import { CallLink, Status } from "./status.tsx";

/** An answer that sends the caller elsewhere. A browser keeps such a one to itself, so what can be told comes from the record of calls. */
export function Redirected({ connection, sentAt, durationMs }: { connection: string; sentAt: string; durationMs: number }) {
  const org = useOrganisation();
  const person = usePerson();
  const record = useQuery({
    ...queryOf("ListCalls", {
      params: { organisation_id: org },
      query: { connection, actor: person.id, from: sentAt, status: "3xx", first: 1 },
    }),
    // Calls are written down a moment after they end.
    refetchInterval: ({ state: { data, dataUpdateCount } }) => (data?.body.items.length || dataUpdateCount > 10 ? false : 500),
  });
  const call = record.data?.items[0];
  return (
    <Stack gap="sm">
      {call?.status && <Status status={call.status} />}
      <Alert color="blue" icon={<CornerUpRight size={18} />} title="The outside system answered with a redirect">
        <Text size="sm">
          Mooring does not follow it: the credentials stay with the system they are for. A browser does not show where it leads to; the same
          call with curl does.
        </Text>
      </Alert>
      <Text size="sm" c="dimmed">
        {duration(durationMs)} {call && <CallLink id={call.id} />}
      </Text>
    </Stack>
  );
}
