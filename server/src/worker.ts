import cluster from "node:cluster";
import type { Siblings } from "./http/service.ts";
import type { Closable } from "./shutdown.ts";

/** What a worker sends to the process that leads. */
export type FromWorker =
  | { readonly kind: "ready"; readonly greeting: string }
  | { readonly kind: "question"; readonly question: number }
  | Answer;

/** What the process that leads sends to a worker. */
export type ToWorker =
  | { readonly kind: "all-ready" }
  | { readonly kind: "end"; readonly waitMs: number }
  | { readonly kind: "asked"; readonly question: number; readonly others: number }
  | { readonly kind: "question"; readonly question: number; readonly from: number }
  | Answer;

/** The metrics of one worker for the one that asked. */
interface Answer {
  readonly kind: "answer";
  readonly question: number;
  readonly to: number;
  readonly metrics: object[];
}

/** One of several processes that serve: what it tells and asks the others, all through the one that leads. */
export interface Membership extends Siblings {
  /** This one serves. The first of all is asked for its greeting, which the one that leads shows. */
  tellReady(greeting: () => Promise<string>): Promise<void>;
  /**
   * Ends this process in order when the one that leads says so. Signals are that one's to hear: a terminal or a supervisor may send them to
   * all of a group.
   */
  closeWhenTold(program: Closable): void;
}

/** Undefined in a process that serves alone. */
export function joinWorkers(): Membership | undefined {
  if (!cluster.isWorker) return undefined;
  let areReady = false;
  let close: (waitMs: number) => void = () => process.exit(0);
  let own: () => Promise<object[]> = async () => [];
  let questions = 0;
  const asking = new Map<number, Asking>();
  process.on("message", hear);
  return {
    async tellReady(greeting) {
      tell({ kind: "ready", greeting: cluster.worker?.id === 1 ? await greeting() : "" });
    },
    closeWhenTold(program) {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
      close = (waitMs) => void program.close({ waitMs }).then(() => process.exit(0));
    },
    areReady: () => areReady,
    share(metrics) {
      own = metrics;
    },
    metrics,
  };

  function hear(message: ToWorker): void {
    if (message.kind === "all-ready") areReady = true;
    else if (message.kind === "end") close(message.waitMs);
    else if (message.kind === "question") void answer(message);
    else if (message.kind === "asked") asking.get(message.question)?.expect(message.others);
    else if (message.kind === "answer") asking.get(message.question)?.take(message.metrics);
  }

  async function answer({ question, from }: { question: number; from: number }): Promise<void> {
    tell({ kind: "answer", question, to: from, metrics: await own() });
  }

  async function metrics(): Promise<object[][]> {
    const question = questions++;
    const answers = [await own()];
    await new Promise<void>((resolve) => {
      let expected = Number.POSITIVE_INFINITY;
      const timer = setTimeout(resolve, answersMs);
      const check = () => {
        if (answers.length <= expected) return;
        clearTimeout(timer);
        resolve();
      };
      asking.set(question, {
        expect(others) {
          expected = others;
          check();
        },
        take(others) {
          answers.push(others);
          check();
        },
      });
      tell({ kind: "question", question });
    });
    asking.delete(question);
    return answers;
  }
}

/** One question that is under way. */
interface Asking {
  /** How many others were asked. */
  expect(others: number): void;
  take(metrics: object[]): void;
}

// One that does not answer in this time is left out.
const answersMs = 1_000;

function tell(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}
