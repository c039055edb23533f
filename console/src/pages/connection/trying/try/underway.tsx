import { Group, Loader, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { duration, size } from "../../../../parts/time.tsx";

/** How long a call is under way, and what came of its answer; nothing in the first moment. */
export function Underway({ bytes }: { bytes: number }) {
  const [began] = useState(() => performance.now());
  const [present, setPresent] = useState(began);
  useEffect(() => {
    const timer = setInterval(() => setPresent(performance.now()), 100);
    return () => clearInterval(timer);
  }, []);
  if (present - began < 300) return null;
  return (
    <Group gap="xs" role="status">
      <Loader size="xs" />
      <Text size="sm">Waiting for the answer</Text>
      <Text size="sm" c="dimmed" aria-hidden>
        {duration(present - began)}
        {bytes > 0 && `, ${size(bytes)} so far`}
      </Text>
    </Group>
  );
}
