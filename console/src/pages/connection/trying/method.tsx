import { Badge } from "@mantine/core";

const colors: Readonly<Record<string, string>> = { GET: "teal", POST: "blue", PUT: "orange", PATCH: "yellow", DELETE: "red", SQL: "grape" };

/** The method of an action, as a badge of one width, so that they stand in a column. */
export function Method({ method }: { method: string }) {
  return (
    <Badge color={colors[method] ?? "gray"} ff="monospace" fw={650} w={72} style={{ flex: "none" }}>
      {method}
    </Badge>
  );
}

/** A path as it is read: `/orders/{id}` of `/orders/{{ param.id }}`. What comes from the environment stays as it is. */
export const shownPath = (path: string) => path.replaceAll(/\{\{\s*\.?param\.([^\s}]+)\s*\}\}/g, "{$1}") || "/";
