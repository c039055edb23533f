import type { Connection, ConnectionVersion } from "@mooring/contract";
import { useConnection } from "./connection.ts";

/** The versions of the connection of this page, the last changed first, and what `default` means. */
export interface Versions {
  readonly all: readonly ConnectionVersion[];
  /** The one that was chosen, else the one that was published last; undefined while none is published. */
  readonly standard: ConnectionVersion | undefined;
  /** Whether `standard` was chosen, and so stays when another one is published. */
  readonly isChosen: boolean;
}

/** All versions of the connection of this page. */
export const useVersions = (): Versions => versionsOf(useConnection());

/** All versions of a connection. */
export function versionsOf({ versions }: Connection): Versions {
  const all = versions.toSorted((one, other) => other.updatedAt.localeCompare(one.updatedAt));
  const chosen = all.find(({ isDefault }) => isDefault);
  return { all, standard: chosen ?? all.find(({ isLatest }) => isLatest), isChosen: chosen !== undefined };
}

/** What `default` means once this version is gone, or a draft; undefined when nothing else is published. */
export function standardWithout({ id: without }: ConnectionVersion, { all }: Versions): ConnectionVersion | undefined {
  const left = all.filter(({ id, publishedAt }) => id !== without && publishedAt !== null);
  const newest = left.toSorted((one, other) => (other.publishedAt ?? "").localeCompare(one.publishedAt ?? ""))[0];
  return left.find(({ isDefault }) => isDefault) ?? newest;
}

/**
 * The version whose content is looked at: the one that the address names, else the one that was looked at last in this connection, else
 * `default`, else the one that changed last. Undefined where there is none, or none of that name.
 */
export function useChosenVersion(asked: string | undefined): ConnectionVersion | undefined {
  const { id } = useConnection();
  const { all, standard } = useVersions();
  const called = (name: string | undefined) => (name === undefined ? undefined : all.find((one) => one.name === name));
  const version = asked === undefined ? (called(looked.get(id)) ?? standard ?? all[0]) : called(asked);
  if (version) looked.set(id, version.name);
  return version;
}

// Remembered while this tab is open only: the address is what counts.
const looked = new Map<string, string>();
