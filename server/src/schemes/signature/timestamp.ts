import type { SignatureTimestamp } from "@mooring/contract";
import type { CheckStep } from "../check.ts";

/** Holds when something says that it was signed against when it came (W-4). What is no time fails. */
export function timestampStep(text: string, unit: SignatureTimestamp["unit"], toleranceSeconds: number, receivedAt: Date): CheckStep {
  const what = "timestamp";
  const signedAtMs = readMs(text, unit ?? "seconds");
  if (signedAtMs === undefined) {
    return {
      what,
      passed: false,
      message: `It is no time in ${unit ?? "seconds"}.`,
      expected: example[unit ?? "seconds"],
      ...foundTime(text),
    };
  }
  const lateMs = receivedAt.getTime() - signedAtMs;
  if (Math.abs(lateMs) <= toleranceSeconds * 1000) return inTime;
  const times = { expected: `${receivedAt.toISOString()}, ${toleranceSeconds} s either way`, found: new Date(signedAtMs).toISOString() };
  const message =
    lateMs > 0
      ? `It was signed ${span(lateMs)} before it came: an old delivery that was sent again as it was, or a clock that is behind.`
      : `It was signed ${span(-lateMs)} after it came: a clock is wrong, the sender's or Mooring's.`;
  return { what, passed: false, message, ...times };
}

const inTime: CheckStep = { what: "timestamp", passed: true, message: "It was signed just now." };

const digits = { seconds: /^\d{1,11}$/, milliseconds: /^\d{1,14}$/ };
const date = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;
const example = { seconds: "1764100000", milliseconds: "1764100000000", rfc3339: "2025-11-25T19:46:40Z" };

function readMs(text: string, unit: "seconds" | "milliseconds" | "rfc3339"): number | undefined {
  if (unit !== "rfc3339") return digits[unit].test(text) ? Number(text) * (unit === "seconds" ? 1000 : 1) : undefined;
  const ms = date.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

/** Shown only when it looks like a time: a place that was named wrongly may hold a secret (V-7). */
const foundTime = (text: string) => (/^[-0-9:.TZtz+]{1,40}$/.test(text) ? { found: text } : {});

function span(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`;
}
