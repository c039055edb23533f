import { forward } from "./forward.ts";
import { Away, createMooring, Refusal } from "./mooring.ts";
import { type Options, readOptions, usage } from "./options.ts";
import { createPaper, type Paper } from "./paper.ts";
import { readEvents } from "./reading.ts";
import { openSubscription } from "./subscription.ts";

/**
 * Prints each event of a connection as it comes, and forwards it. Goes on until `signal` is aborted, through restarts of Mooring and of
 * the target, and takes its subscription away again. Gives what became of the events. Rejects with a `Refusal` that says what to do.
 */
export async function listen(options: Options, paper: Paper, signal: AbortSignal): Promise<Heard> {
  const mooring = createMooring(options);
  const subscription = await openSubscription(mooring, options, paper);
  const heard = { events: 0, taken: 0 };
  try {
    paper.say(`Listening to ${subscription.title}${options.to ? `, forwarding to ${options.to.href}` : ""}. Ctrl-C ends.`);
    for await (const event of readEvents(mooring, subscription, paper, signal)) {
      heard.events += 1;
      paper.event(event);
      const { to, key } = options;
      if (to && (await forward(event, { to, key, connectionId: subscription.connectionId }, paper, signal)) === "taken") heard.taken += 1;
    }
  } finally {
    await subscription.remove();
  }
  return heard;
}

/** How many events came, and how many of them the target took. */
export interface Heard {
  readonly events: number;
  readonly taken: number;
}

/** Ends with the first signal as it should, with the second at once. */
function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
    });
  }
  return controller.signal;
}

async function main(): Promise<void> {
  const paper = createPaper(process.stdout);
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === "help") return paper.say(usage);
  const { events, taken } = await listen(options, paper, untilInterrupted());
  const came = events === 1 ? "1 event came" : `${events} events came`;
  paper.say(`\n${came}${options.to ? `, ${taken} of them taken by ${options.to.href}` : ""}.`);
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    if (error instanceof Away) console.error(`${error.message} Is it started? Where it is, --url says.`);
    else console.error(error instanceof Refusal ? error.message : error);
    process.exitCode = 1;
  });
}
