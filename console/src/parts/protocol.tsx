import { Badge } from "@mantine/core";

const words: Readonly<Record<string, string>> = { http: "HTTP", bigquery: "BigQuery" };

/** How a system is spoken to, in a word. */
export function Protocol({ protocol }: { protocol: string }) {
  return (
    <Badge color="gray" variant="light" size="sm" flex="none">
      {words[protocol] ?? protocol}
    </Badge>
  );
}
