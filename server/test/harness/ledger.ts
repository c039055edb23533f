import { appendFileSync, fdatasyncSync, openSync, readFileSync } from "node:fs";

/**
 * What one client asked for and what it was told, in a file of its own. It is the oracle after a crash, so it is made from the
 * client's own words and from answers alone, and what was told is on the disk before it counts.
 */
export interface Ledger {
  readonly account: Account;
  /** To be called before sending. */
  asked(change: Change): void;
  /** The change was answered with 2xx. */
  told(told: Told): void;
  /** The change was answered with a refusal: it has not happened. */
  refused(): void;
  /** No answer came; looking afterwards showed whether it has happened. */
  found(found: { isDone: boolean }): void;
  /** The account as the file alone tells it. */
  reread(): Account;
}

/** One change of one thing. `content` is what the thing shall be afterwards, as it can be read; a deletion has none. */
export interface Change {
  readonly operation: `${string}.${string}`;
  readonly kind: string;
  /** Absent for what is to be made: its id is in the answer. */
  readonly id?: string;
  /** What it goes with, when that is deleted. */
  readonly under?: string;
  /** What the audit trail says was changed, where it is not the thing itself. */
  readonly subject?: string;
  readonly content?: Content;
}

export type Content = Readonly<Record<string, unknown>>;

export interface Told {
  readonly id?: string;
  /** Absent when the same request was sent twice: which of the two the audit trail names is not known. */
  readonly requestId?: string;
  /** What the answer showed, this one time, beside what was asked for. */
  readonly shown?: Content;
}

/** What must be so, if nothing that was told is lost. */
export interface Account {
  readonly things: Map<string, Thing>;
  /** Contents of what was deleted, in that order. */
  readonly gone: (Thing & { readonly id: string })[];
  /** Each change that happened, once. */
  readonly happened: { readonly operation: string; readonly subject: string; readonly requestId?: string }[];
  /** The change that was asked for and neither answered nor looked after. */
  unanswered: Change | undefined;
  /** How many changes were answered with 2xx. */
  acknowledged: number;
}

export interface Thing {
  readonly kind: string;
  readonly under?: string;
  readonly content: Content;
}

type Entry = { asked: Change } | { told: Told } | { refused: true } | { found: { isDone: boolean } };

/** Opens a new ledger in `file`. */
export function openLedger(file: string): Ledger {
  const descriptor = openSync(file, "a", 0o600);
  const account = emptyAccount();
  function write(entry: Entry): void {
    appendFileSync(descriptor, `${JSON.stringify(entry)}\n`);
    fdatasyncSync(descriptor);
    enter(account, entry);
  }
  return {
    account,
    asked: (asked) => write({ asked }),
    told: (told) => write({ told }),
    refused: () => write({ refused: true }),
    found: (found) => write({ found }),
    reread() {
      const fresh = emptyAccount();
      for (const line of readFileSync(file, "utf8").split("\n")) if (line !== "") enter(fresh, JSON.parse(line) as Entry);
      return fresh;
    },
  };
}

function emptyAccount(): Account {
  return { things: new Map(), gone: [], happened: [], unanswered: undefined, acknowledged: 0 };
}

function enter(account: Account, entry: Entry): void {
  if ("asked" in entry) {
    if (account.unanswered) throw new Error("A client asks for one change at a time.");
    account.unanswered = entry.asked;
    return;
  }
  const change = account.unanswered;
  if (!change) throw new Error("An answer needs a question.");
  account.unanswered = undefined;
  if ("told" in entry) {
    account.acknowledged += 1;
    happen(account, change, entry.told);
  } else if ("found" in entry && entry.found.isDone) happen(account, change, {});
}

function happen({ things, gone, happened }: Account, change: Change, told: Told): void {
  const id = change.id ?? told.id ?? "";
  const { operation, kind, under, subject = id, content } = change;
  happened.push({ operation, subject, ...(told.requestId === undefined ? {} : { requestId: told.requestId }) });
  if (content) {
    things.set(id, { kind, ...(under === undefined ? {} : { under }), content: { ...content, ...told.shown } });
    return;
  }
  for (const [other, thing] of things) {
    if (other !== id && thing.under !== id) continue;
    things.delete(other);
    gone.push({ id: other, ...thing });
  }
}
