import type { Protocol, ProtocolType } from "@mooring/contract";

/** Every protocol that Mooring speaks, one entry each: one of the contract that is missing here does not compile. */
const table: Readonly<Record<ProtocolType, Protocol>> = {
  http: {
    id: "01KAPR0T0C0000000000000001",
    slug: "http",
    name: "HTTP",
    description: "Any API over HTTP or HTTPS.",
    iconURL: icon("M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18"),
  },
  bigquery: {
    id: "01KAPR0T0C0000000000000002",
    slug: "bigquery",
    name: "BigQuery",
    description: "Google BigQuery: actions are SQL queries.",
    iconURL: icon("M10 4a6 6 0 1 0 0 12a6 6 0 1 0 0-12M14.5 14.5L20 20M8 9v4M10 7v6M12 10v3"),
  },
};

export const protocols: readonly Protocol[] = Object.values(table);

/** A drawing that needs no other server: 24 by 24, lines only. */
function icon(path: string): string {
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"><path d="${path}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(drawing)}`;
}
