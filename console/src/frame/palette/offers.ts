import type { SearchItem } from "@mooring/contract";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { LinkProps } from "@tanstack/react-router";
import { queryOf } from "../../api/queries.ts";
import { useMay, useOrganisation, usePerson } from "../../api/session.ts";
import { usePages } from "../pages.ts";
import { type Pick, recentPicks } from "./recent.ts";

/** Some of what is offered, below a heading. */
export interface Offers {
  readonly heading: string;
  readonly picks: readonly Pick[];
}

/** What the palette offers for what was typed: pages by name, and what the API finds. With nothing typed, what was picked last and all pages. */
export function useOffers(typed: string): { readonly offers: Offers[]; readonly isSearching: boolean; readonly error: unknown } {
  const org = useOrganisation();
  const pages = usePlaces();
  const whose = useWhose();
  const text = typed.trim().slice(0, 200);
  const search = useQuery({
    ...queryOf("Search", { params: { organisation_id: org }, query: { text, first: 20 } }),
    enabled: text !== "",
    placeholderData: keepPreviousData,
  });
  if (text === "") return { offers: filled([{ heading: "Recent", picks: recentPicks(whose) }, pages]), isSearching: false, error: null };
  const found = (search.data?.items ?? []).map((item) => pickOf(org, item));
  const offers = [
    { ...pages, picks: pages.picks.filter(({ label }) => isNamed(label, text)) },
    { heading: "Connections", picks: found.filter(({ kind }) => kind === "connection") },
    { heading: "Actions", picks: found.filter(({ kind }) => kind === "action") },
  ];
  return { offers: filled(offers), isSearching: search.isPlaceholderData || search.isLoading, error: search.error };
}

const filled = (offers: readonly Offers[]) => offers.filter(({ picks }) => picks.length > 0);

/** Every word that was typed begins a word of the name. */
function isNamed(label: string, text: string): boolean {
  const words = label.toLowerCase().split(/[\s-]+/);
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((typed) => words.some((word) => word.startsWith(typed)));
}

/** Under what this browser remembers what this person picked here. */
export function useWhose(): string {
  return `${usePerson().id}-${useOrganisation()}`;
}

function usePlaces(): Offers {
  const org = useOrganisation();
  const may = useMay();
  const place = (label: string, to: NonNullable<LinkProps["to"]>): Pick => ({
    kind: "page",
    label,
    link: { to, params: { org } } as LinkProps,
  });
  const picks = [
    ...usePages().map(({ label, to }) => place(label, to)),
    ...(may("connections:write")
      ? [place("New connection", "/o/$org/connections/new"), place("Import an OpenAPI file", "/o/$org/connections/new/file")]
      : []),
    ...(may("organisation:admin") ? [place("New API key", "/o/$org/api-keys/new")] : []),
    place("Profile", "/o/$org/profile"),
    place("Organisations", "/organisations"),
  ];
  return { heading: "Pages", picks };
}

function pickOf(org: string, item: SearchItem): Pick {
  const connection = item.connection.id;
  if (item.kind === "connection")
    return {
      kind: "connection",
      label: item.connection.name,
      link: { to: "/o/$org/connections/$connection", params: { org, connection } },
    };
  const { name, version, method, path } = item;
  return {
    kind: "action",
    label: name,
    hint: [item.connection.name, [method, path].filter(Boolean).join(" ")].filter(Boolean).join(" · "),
    link: { to: "/o/$org/connections/$connection/actions/$version/$action", params: { org, connection, version, action: name } },
  };
}
