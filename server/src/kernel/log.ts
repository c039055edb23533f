import { type DestinationStream, pino } from "pino";

/**
 * The program's log: one JSON line an entry, to `destination` (standard output when none is given). Entries carry only the
 * fields of `LogFields`: an allow-list, because a list of forbidden names always misses one (V-7).
 */
export function createLog(level: LogLevel, destination?: DestinationStream): Log {
  const out = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: {} }, destination ?? pino.destination(1));
  const at =
    (name: Exclude<LogLevel, "silent">) =>
    (message: string, fields: LogFields = {}) =>
      out[name](allowed(fields), capped(message));
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export const logLevels = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** The only things a log line may say beside its message. */
export interface LogFields {
  requestId?: string;
  organisation?: string;
  operation?: string;
  method?: string;
  status?: number;
  durationMs?: number;
  /** The name and place of an unexpected error. Its message is left out: a driver may quote values in it. */
  error?: unknown;
}

function allowed(fields: LogFields): Record<string, unknown> {
  const { requestId, organisation, operation, method, status, durationMs, error } = fields;
  return { requestId, organisation, operation, method, status, durationMs, ...(error === undefined ? {} : { error: placeOf(error) }) };
}

function placeOf(error: unknown): { name: string; code?: string; at?: string[] } {
  if (!(error instanceof Error)) return { name: typeof error };
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  // The first line of a stack repeats the message; the frames do not.
  const frames = error.stack
    ?.split("\n")
    .filter((line) => line.startsWith("    at "))
    .slice(0, 8)
    .map((line) => line.trim());
  return { name: error.name, ...code, ...(frames ? { at: frames } : {}) };
}

const capped = (message: string) => (message.length > 2000 ? `${message.slice(0, 2000)}...` : message);
