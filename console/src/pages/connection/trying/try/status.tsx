import { Anchor, Badge } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleHelp, CircleX, TriangleAlert } from "lucide-react";
import { useOrganisation } from "../../../../api/session.ts";

/** A status with what it means, and not by its colour alone. */
export function Status({ status }: { status: number }) {
  const [color, words, Icon] = looks[Math.floor(status / 100)] ?? (["gray", "unknown", CircleHelp] as const);
  return (
    <Badge size="lg" color={color} leftSection={<Icon size={15} />}>
      {status} {names[status] ?? ""} · {words}
    </Badge>
  );
}

const looks: Readonly<Record<number, readonly [string, string, typeof CircleCheck]>> = {
  2: ["green", "it worked", CircleCheck],
  3: ["blue", "it is elsewhere", CircleHelp],
  4: ["orange", "it was refused", TriangleAlert],
  5: ["red", "it failed", CircleX],
};

const names: Readonly<Record<number, string>> = {
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No content",
  304: "Not modified",
  400: "Bad request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  413: "Too large",
  415: "Unsupported media type",
  422: "Unprocessable",
  429: "Too many requests",
  500: "Internal error",
  502: "Bad gateway",
  503: "Unavailable",
  504: "Timeout",
};

/** The way to the record of a call. */
export function CallLink({ id }: { id: string }) {
  const org = useOrganisation();
  return (
    <Anchor inherit renderRoot={(props) => <Link {...props} to={`/o/${org}/calls/${id}` as string} />}>
      Record of this call
    </Anchor>
  );
}
