import { spellings } from "./search.ts";

/** What a connection is found by: its name and its address, on a line each, so that nothing is found across both. */
export function searchTextOf({ name, baseUrl, datasetId }: SearchedConnection): string {
  return searched(`${name}\n${baseUrl ?? datasetId ?? ""}`);
}

export interface SearchedConnection {
  readonly name: string;
  readonly baseUrl?: string | undefined;
  readonly datasetId?: string | undefined;
}

/** Text in the form that is compared: composed, and in upper case, in which ß and ss, or the two small sigmas, are the same. */
export const searched = (text: string): string => text.normalize("NFC").toUpperCase();

/**
 * What `search` may be in the text of a connection. Of one that did not change since its text was first made, by the database, only the
 * ASCII letters are in upper case.
 */
export function searchedSpellings(search: string): readonly string[] {
  const asWritten = [search, ...spellings(search)].map((spelling) => spelling.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase()));
  return [...new Set([searched(search), ...asWritten])];
}
