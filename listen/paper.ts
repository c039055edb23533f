import { styleText } from "node:util";
import type { SubscriptionEvent } from "@mooring/contract";

/** What somebody at the terminal reads. */
export interface Paper {
  say(text: string): void;
  /** Something that is out of the ordinary. */
  note(text: string): void;
  event(event: SubscriptionEvent): void;
  /** What a target answered to the event before. */
  answered(status: number, tookMs: number): void;
  failed(why: string): void;
}

type Style = Parameters<typeof styleText>[0];

/** Writes to `stream`, in colours where it is a terminal. */
export function createPaper(stream: NodeJS.WriteStream): Paper {
  const isColoured = stream.isTTY === true && process.env.NO_COLOR === undefined;
  return {
    say,
    note: (text) => say(painted("yellow", text)),
    event(event) {
      const what = event.trigger ?? event.type;
      const size = `${event.bytes} ${event.bytes === 1 ? "byte" : "bytes"}`;
      const facts = [event.id, size, event.contentType, ...(event.fits === false ? ["does not fit the trigger"] : [])];
      say(
        `${timeOf(event.receivedAt)}  ${painted("bold", what)}  ${painted(
          "dim",
          facts
            .filter(Boolean)
            .map((fact) => harmless(`${fact}`))
            .join("  "),
        )}`,
      );
      for (const line of firstLines(event)) say(`${indent}${harmless(line)}`);
    },
    answered: (status, tookMs) =>
      say(`${indent}${painted(status >= 200 && status < 300 ? "green" : "red", `-> ${status}`)} in ${Math.round(tookMs)} ms`),
    failed: (why) => say(`${indent}${painted("red", `-> ${why}`)}`),
  };

  function say(text: string): void {
    stream.write(`${text}\n`);
  }

  function painted(style: Style, text: string): string {
    return isColoured ? styleText(style, text, { validateStream: false }) : text;
  }
}

const indent = " ".repeat(14);
const linesMax = 8;
const lengthMax = 160;

/** Of the time of day, to the millisecond: UTC, as everywhere in Mooring. */
const timeOf = (at: string) => at.slice(11, 23);

/** Of a body that is text, as much as is seen at a glance. */
function firstLines({ body = "", bodyBase64, bytes }: SubscriptionEvent): string[] {
  if (bodyBase64 !== undefined) return [`(${bytes} bytes that are no text)`];
  if (body === "") return [];
  const lines = body.trimEnd().split(/\r?\n/);
  const shown = lines.slice(0, linesMax).map((line) => (line.length > lengthMax ? `${line.slice(0, lengthMax)}...` : line));
  return lines.length > linesMax ? [...shown, `... ${lines.length - linesMax} more lines`] : shown;
}

/** What others wrote, without what moves a terminal's cursor, or does worse. */
const harmless = (text: string) => text.replace(/\p{Cc}|\p{Cf}/gu, (found) => (found === "\t" ? found : "\u00b7"));
