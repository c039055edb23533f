import type { ActionBigQueryParameter } from "@mooring/contract";

export type BigQueryType = ActionBigQueryParameter["type"];

/** What is wrong with `value` as one of `type`, for people; undefined when nothing is. What passes keeps its exact value in BigQuery. */
export function scalarFault(type: BigQueryType, value: unknown): string | undefined {
  const { fits, must } = scalars[type];
  return fits(value) ? undefined : `Must be ${must}.`;
}

/** A value that `scalarFault` has nothing to say about, in the form that BigQuery reads. */
export function scalarText(type: BigQueryType, value: unknown): string {
  if (type === "JSON") return JSON.stringify(value);
  if (typeof value !== "number") return String(value);
  return type === "FLOAT64" ? String(value) : plainDecimal(value);
}

interface Scalar {
  readonly must: string;
  readonly fits: (value: unknown) => boolean;
}

const texts = (must: string, fits: (text: string) => boolean): Scalar => ({
  must,
  fits: (value) => typeof value === "string" && fits(value),
});

const scalars: Readonly<Record<BigQueryType, Scalar>> = {
  BOOL: { must: "true or false", fits: (value) => typeof value === "boolean" || value === "true" || value === "false" },
  INT64: {
    must: "a whole number from -9223372036854775808 to 9223372036854775807, as text when it is beyond 9007199254740991",
    fits: (value) => (typeof value === "number" ? Number.isSafeInteger(value) : typeof value === "string" && isInt64(value)),
  },
  FLOAT64: {
    must: 'a number, or the text "NaN", "Infinity" or "-Infinity"',
    fits: (value) => (typeof value === "number" ? Number.isFinite(value) : typeof value === "string" && isFloat(value)),
  },
  NUMERIC: decimal("at most 29 digits before the point and 9 after it", ({ whole, part }) => whole.length <= 29 && part.length <= 9),
  BIGNUMERIC: decimal("at most 38 digits before the point and 38 after it", isBigNumeric),
  STRING: texts("a text without half a character", (text) => text.isWellFormed()),
  BYTES: texts("bytes in base64, with its padding", (text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)),
  DATE: texts("a date like 2024-12-31", isDate),
  DATETIME: texts("a date and time without a zone, like 2024-12-31T23:59:59.999999", (text) => {
    const [, date = "", time = ""] = /^(.{10})[T ](.*)$/.exec(text) ?? [];
    return isDate(date) && isTime(time);
  }),
  TIME: texts("a time like 23:59:59 or 23:59:59.999999", isTime),
  TIMESTAMP: texts("a time with its zone as in RFC 3339, like 2024-12-31T23:59:59.999999Z", (text) => {
    const [, date = "", time = "", hours = "0", minutes = "0"] = /^(.{10})[Tt ](.*?)(?:[Zz]|[+-](\d\d):(\d\d))$/.exec(text) ?? [];
    return isDate(date) && isTime(time) && Number(hours) <= 14 && Number(minutes) <= 59;
  }),
  JSON: { must: "JSON with at most 500 levels", fits: isShallow },
};

function isInt64(text: string): boolean {
  return /^[+-]?[0-9]{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text.replace("+", ""))) === BigInt(text.replace("+", ""));
}

function isFloat(text: string): boolean {
  return (
    /^(?:NaN|[+-]?Infinity)$/.test(text) ||
    (/^[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,4})?$/.test(text) && Number.isFinite(Number(text)))
  );
}

/** A decimal number's digits before and after the point, without the zeros that say nothing. */
interface Digits {
  readonly whole: string;
  readonly part: string;
}

function decimal(limits: string, isWithin: (digits: Digits) => boolean): Scalar {
  return {
    must: `a decimal number with ${limits}, as text when it has more than 15 digits`,
    fits(value) {
      // A number of more digits was rounded before it came here: whether it is what was meant cannot be told.
      const isExact = typeof value === "number" && Number.isFinite(value) && Number(value.toPrecision(15)) === value;
      const text = isExact ? plainDecimal(value) : value;
      const [found, whole = "", part = ""] = (typeof text === "string" && decimalPattern.exec(text)) || [];
      return found !== undefined && isWithin({ whole, part: part.replace(/0+$/, "") });
    },
  };
}

const decimalPattern = /^[+-]?(?=\.?[0-9])0*([0-9]{0,80}?)(?:\.([0-9]{1,80}))?$/;

/** Its digits are those of a whole number of 256 bits with 38 of them behind the point: 38 before it, and some of 39. */
function isBigNumeric({ whole, part }: Digits): boolean {
  return whole.length <= 39 && part.length <= 38 && BigInt(`${whole}${part.padEnd(38, "0")}` || "0") < 2n ** 255n;
}

/** A number's digits without an exponent. */
function plainDecimal(value: number): string {
  const [, sign = "", first = "", rest = "", exponent = "0"] =
    /^(-?)([0-9])(?:\.([0-9]+))?e([+-][0-9]+)$/.exec(value.toExponential()) ?? [];
  const digits = first + rest;
  const point = Number(exponent) + 1;
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  const whole = digits.slice(0, point).padEnd(point, "0");
  return point >= digits.length ? sign + whole : `${sign}${whole}.${digits.slice(point)}`;
}

function isDate(text: string): boolean {
  const [, year = "", month = "", day = ""] = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text) ?? [];
  const isLeap = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0);
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Number(month) - 1] ?? 0;
  return Number(year) >= 1 && Number(day) >= 1 && Number(day) <= days;
}

function isTime(text: string): boolean {
  return /^(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?$/.test(text);
}

const levelsMax = 500;

function isShallow(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > levelsMax) return false;
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
  }
  return value !== undefined;
}
