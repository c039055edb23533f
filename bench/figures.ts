/** One line of the table. `value` is held against `bar`; the figures behind it are said in words. */
export interface Row {
  readonly what: string;
  readonly bar: Bar;
  /** Skipped where the machine lacks what it takes; `behind` says what. */
  readonly value: number | "skipped";
  readonly behind: string;
}

/** `unit` is empty for a ratio. */
export interface Bar {
  readonly kind: "at least" | "at most";
  readonly limit: number;
  readonly unit: "" | "s" | "ms" | "KB" | "MB";
}

/** The middle one; of an even number the higher of the two in the middle. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/**
 * Measures the sides in turns, `rounds` times each after one round that does not count, so that whatever else the machine does
 * meanwhile is met by all of them. Gives every side's values in order.
 */
export async function inTurns(rounds: number, sides: readonly (() => Promise<number>)[]): Promise<number[][]> {
  const values: number[][] = sides.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [side, measure] of sides.entries()) {
      const value = await measure();
      if (round > 0) values[side]?.push(value);
    }
  }
  return values;
}

/** The rows as a table in text, and under it the figures behind each. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [
    ["what", "bar", "measured", "result"],
    ...rows.map(({ what, bar, value }) => [what, `${bar.kind} ${shown(bar.limit, bar)}`, shown(value, bar), resultOf(bar, value)]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
  const behind = rows.map(({ what, behind }) => `  ${what}\n    ${behind}`);
  return [...lines, "", "Figures behind them:", ...behind, ""].join("\n");
}

function resultOf({ kind, limit }: Bar, value: Row["value"]): string {
  if (value === "skipped") return value;
  const isMet = kind === "at least" ? value >= limit : value <= limit;
  const percent = Math.round(Math.abs(value / limit - 1) * 100);
  return isMet ? "met" : `MISSED by ${percent} %`;
}

function shown(value: Row["value"], { unit }: Bar): string {
  if (value === "skipped") return "-";
  return unit === "MB" ? `${Math.round(value)} MB` : `${value.toFixed(2)}${unit && ` ${unit}`}`;
}

/** Rates of several rounds as text: the median, and from the lowest to the highest. */
export function ratesText(rates: readonly number[]): string {
  return `${whole(median(rates))}/s (${whole(Math.min(...rates))} to ${whole(Math.max(...rates))})`;
}

const whole = (value: number) => Math.round(value).toLocaleString("en");
