import { Text, Tooltip } from "@mantine/core";
import { useNow } from "./now.ts";

/** How long ago, as in `3 minutes ago`, with the exact time for whoever points at it. "never" when there is no time. */
export function Ago({ at }: { at: string | undefined }) {
  const present = useNow();
  if (at === undefined)
    return (
      <Text span inherit>
        never
      </Text>
    );
  return (
    <Tooltip label={exact(at)}>
      <time dateTime={at} tabIndex={-1}>
        {ago(new Date(at), present)}
      </time>
    </Tooltip>
  );
}

/** An exact time of this person's place, as in `25 Nov 2026, 14:03:07`. */
export function Moment({ at }: { at: string }) {
  return <time dateTime={at}>{exact(at)}</time>;
}

/** When something came to be that has this id: the first ten characters of a ULID are its time, in Crockford's base 32. */
export function momentOfId(id: string): string {
  const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  return new Date([...id.slice(0, 10)].reduce((ms, digit) => ms * 32 + digits.indexOf(digit), 0)).toISOString();
}

const exact = (at: string) => new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" }).format(new Date(at));

const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

function ago(at: Date, present: Date): string {
  const seconds = (at.getTime() - present.getTime()) / 1_000;
  for (const [unit, size] of units) if (Math.abs(seconds) >= size) return words.format(Math.round(seconds / size), unit);
  return Math.abs(seconds) < 5 ? "just now" : words.format(Math.round(seconds), "second");
}

/** A length of time, as in `84 ms` or `1.20 s`. */
export const duration = (ms: number) => (ms < 1_000 ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms` : `${(ms / 1_000).toFixed(2)} s`);

/** A number of bytes, as in `1.4 KB`. */
export function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
