import { DatabaseSync, StatementSync } from "node:sqlite";
import pg from "pg";

/** One statement as it went to the engine. */
export interface Statement {
  readonly sql: string;
  /** Undefined where it was sent as bare text, which may hold several statements. */
  readonly parameters: readonly unknown[] | undefined;
  readonly name: string | undefined;
  /** Whether it was sent before the one ahead of it was answered. */
  readonly isSentBehind: boolean;
}

/**
 * Every statement that `work` makes this process send, in order, of whichever engine. Recorded where the drivers are called, below
 * all of Mooring, so that nothing it does can be missed. Nothing else may use a database meanwhile.
 */
export async function capture(work: () => Promise<unknown>): Promise<Statement[]> {
  const statements: Statement[] = [];
  const undo = [...watchSqlite(statements), watchPostgres(statements)];
  try {
    await work();
  } finally {
    for (const restore of undo) restore();
  }
  return statements;
}

type Callable = Record<string, (...given: unknown[]) => unknown>;

function replace(
  of: object,
  method: string,
  make: (original: (...given: unknown[]) => unknown) => (this: object, ...given: unknown[]) => unknown,
) {
  const methods = of as Callable;
  const original = methods[method] as (...given: unknown[]) => unknown;
  methods[method] = make(original);
  return () => {
    methods[method] = original;
  };
}

function watchSqlite(statements: Statement[]): (() => void)[] {
  const ofStatement = ["run", "get", "all"].map((method) =>
    replace(
      StatementSync.prototype,
      method,
      (original) =>
        function (...parameters) {
          statements.push({ sql: (this as StatementSync).sourceSQL, parameters, name: undefined, isSentBehind: false });
          return original.apply(this, parameters);
        },
    ),
  );
  const ofText = replace(
    DatabaseSync.prototype,
    "exec",
    (original) =>
      function (text) {
        statements.push({ sql: String(text), parameters: undefined, name: undefined, isSentBehind: false });
        return original.call(this, text);
      },
  );
  return [...ofStatement, ofText];
}

function watchPostgres(statements: Statement[]): () => void {
  let unanswered = 0;
  return replace(
    pg.Client.prototype,
    "query",
    (original) =>
      function (given, ...rest) {
        const query = typeof given === "string" ? { text: given } : (given as pg.QueryConfig);
        statements.push({ sql: query.text, parameters: query.values, name: query.name, isSentBehind: unanswered > 0 });
        const answered = original.call(this, given, ...rest) as Promise<unknown>;
        unanswered++;
        const count = () => {
          unanswered--;
        };
        answered.then(count, count);
        return answered;
      },
  );
}
