import { createHmac, randomBytes, randomInt } from "node:crypto";
import type { AuthSchemeConfig } from "@mooring/contract";
import { expect, test } from "vitest";
import { createVerifier, type Verifier } from "../../src/credentials/verify.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";
import { checking, received, text } from "./received.ts";

const samples = trials({ change: 20_000, long: 1_000_000 });

/** Beyond it, two groups of samples differ by more than chance (Reparaz, Balasch, Verbauwhede: Dude, is my code constant time?). */
const leakage = 4.5;

const hmac: AuthSchemeConfig = { schemeType: "hmac", name: "X-Key", in: "header", algorithm: "sha256", digestInputs: ["body"] };
const apiKey: AuthSchemeConfig = { schemeType: "api-key", name: "X-Key", in: "header" };

/** With one hexadecimal digit replaced by its neighbour: a digit stays a digit and a letter a letter, which take their own time to read. */
const changed = (value: string, at: number) =>
  Buffer.from(value.slice(0, at) + neighbours[value[at] as string] + value.slice(at + 1)).toString("latin1");
const neighbours: Readonly<Record<string, string>> = Object.fromEntries(
  ["01", "23", "45", "67", "89", "ab", "cd", "ef"].flatMap(([one, other]) => [
    [one, other],
    [other, one],
  ]),
);

/**
 * What the time of a comparison says, as a statistic of two groups and no limit: one differs at its first letter, the other at its last.
 * The run of every change shows that it can be taken; what it says needs the long run's numbers. Of many keys, so that it is not about
 * the letters of one.
 */
test.each([
  { name: "a key", config: apiKey, good: (key: string) => key },
  { name: "a signature", config: hmac, good: (key: string) => createHmac("sha256", key).update("{}").digest("hex") },
])("$name says nothing by the time it takes about where it is wrong (W-3)", { timeout: propertyTimeoutMs }, ({ config, good }) => {
  const checks = Array.from({ length: 64 }, () => {
    const key = randomBytes(32).toString("hex");
    return { verifier: createVerifier([checking(config, text(key))]), value: good(key) };
  });
  const t = welch(timesOf(checks));
  expect(Number.isFinite(t)).toBe(true);
  if (samples >= 1_000_000) expect(Math.abs(t)).toBeLessThan(leakage);
});

/** Nanoseconds by group, in an order that chance makes, without the slowest tenth, which are pauses of the machine. */
function timesOf(checks: readonly { verifier: Verifier; value: string }[]): [number[], number[]] {
  const taken: { group: number; time: number }[] = [];
  for (let at = -samples / 10; at < samples; at += 1) {
    const [group, { verifier, value }] = [randomInt(2), checks[randomInt(checks.length)] as (typeof checks)[number]];
    const request = received({ headers: [["X-Key", changed(value, group * (value.length - 1))]], body: "{}" });
    const from = process.hrtime.bigint();
    const { verification } = verifier.verify(request);
    const time = Number(process.hrtime.bigint() - from);
    if (verification.passed) throw new Error("A wrong value passed.");
    if (at >= 0) taken.push({ group, time });
  }
  const sorted = taken.map(({ time }) => time).sort((one, other) => one - other);
  const slowest = sorted[Math.floor(sorted.length * 0.9)] as number;
  const of = (wanted: number) => taken.filter(({ group, time }) => group === wanted && time <= slowest).map(({ time }) => time);
  return [of(0), of(1)];
}

/** Welch's statistic of two groups. */
function welch([one, other]: readonly [readonly number[], readonly number[]]): number {
  const [a, b] = [one, other].map((times) => {
    const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
    const variance = times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (times.length - 1);
    return { mean, error: variance / times.length };
  }) as [{ mean: number; error: number }, { mean: number; error: number }];
  return (a.mean - b.mean) / Math.sqrt(a.error + b.error);
}
