import { Badge, Tooltip } from "@mantine/core";
import type { Call } from "@mooring/contract";

/** How a call ended: the status that the caller was sent, and whose it was. */
export function Status({ call: { status, origin, code } }: { call: Pick<Call, "status" | "origin" | "code"> }) {
  const label = origin === "upstream" ? "The outside system's own answer" : (code ?? "The caller went away");
  return (
    <Tooltip label={label}>
      <Badge color={colourOf(status)} ff="monospace">
        {status ?? "no answer"}
      </Badge>
    </Tooltip>
  );
}

function colourOf(status: number | undefined): string {
  if (status === undefined || status >= 500) return "red";
  if (status >= 400) return "orange";
  return status >= 300 ? "blue" : "green";
}

/** Whose answer a call got, in words. */
export const originWords = {
  upstream: "The outside system answered",
  gateway: "Mooring answered",
  aborted: "The caller went away, or the answer broke off",
} as const satisfies Record<Call["origin"], string>;
