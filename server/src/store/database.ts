import type { RawBuilder } from "kysely";
import type { OrganisationId, UserId } from "../kernel/ids.ts";
import type { ChangeFeed } from "./changes.ts";

/** One store behind two engines. Every noun's file speaks to it through `Tx`, in SQL that both engines take. */
export interface Database {
  readonly engine: Engine;
  /** Runs `work` on committed rows within `reach`. Each statement sees one committed state: what must be consistent is one statement. */
  read<Result>(reach: Reach, work: (tx: Tx) => Promise<Result>): Promise<Result>;
  /**
   * Runs `work` in one transaction within `reach`: all of it is durable when this resolves, none of it when this rejects.
   * Deadlocks and serialization failures are run again, so `work` must touch nothing but `tx`.
   */
  write<Result>(reach: Reach, work: (tx: Tx) => Promise<Result>, how?: { readonly durability: Durability }): Promise<Result>;
  /** Tells every node, this one included, what was committed. */
  readonly changes: ChangeFeed;
  /** Rejects with `Problem` database_unavailable when the engine does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** `relaxed` does not wait for the disk: a power cut may lose the last second of it, a crash of the program nothing. */
export type Durability = "full" | "relaxed";

export type Engine = "sqlite" | "postgres";

/** An open transaction. A query is written with Kysely's `sql`, so values can only be parameters. */
export interface Tx {
  readonly engine: Engine;
  all<Row>(query: RawBuilder<Row>): Promise<Row[]>;
  /** The first row, or undefined when there is none. */
  first<Row>(query: RawBuilder<Row>): Promise<Row | undefined>;
  /** Runs a statement; gives the number of rows it changed. */
  run(query: RawBuilder<unknown>): Promise<number>;
  /** Announces, once this transaction has committed and only then. */
  announce(change: Change): void;
}

/**
 * Whose rows a transaction may see: on PostgreSQL row-level security enforces it (T-1). Beside one organisation, there are four
 * narrow ways in for what is asked before an organisation is known: one's own memberships, one key, one invitation, one trigger's short
 * address; four for what is past its time, whoever's it is: recorded calls, uploaded files and events older than an id, and before a
 * time short addresses and earlier secrets that ended, and counts of calls; and one for deliveries that wait, with their destinations.
 */
export type Reach =
  | OrganisationId
  | { user: UserId }
  | { keyHash: string }
  | { invitationHash: string }
  | { callsBefore: string }
  | { uploadsBefore: string }
  | { triggerTokenHash: string }
  | { eventsBefore: string }
  | { expiredBefore: string }
  | { work: "deliveries" };

/** What moved, for everybody who keeps something in memory; of an `event`, the id is that of the connection which has a new one. `everything` follows a lost feed: drop all that is kept. */
export type Change =
  | { kind: "connection" | "credential" | "api-key" | "member" | "event"; org: OrganisationId; id: string }
  | { kind: "everything" };
