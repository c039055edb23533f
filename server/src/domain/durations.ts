/**
 * How long calls took, as counts of a fixed scale: each mark is 1.2 times the one below, from 0.1 ms to more than a day. A figure made of
 * it is within 10 % of the true one, above 0.1 ms. Two can be added up in any order.
 */
export type Durations = Map<number, number>;

const smallestUs = 100;
const ratio = 1.2;
const marksMax = 120;

/** The mark of a duration: the first that is no shorter. */
export function markOf(durationUs: number): number {
  if (durationUs <= smallestUs) return 0;
  return Math.min(marksMax, Math.ceil(Math.log(durationUs / smallestUs) / Math.log(ratio)));
}

export function addDuration(durations: Durations, mark: number, count = 1): void {
  durations.set(mark, (durations.get(mark) ?? 0) + count);
}

/** As in `17 18*3 `: marks, and how often each came where that is more than once. One text after another means both added up. */
export function durationsText(durations: Durations): string {
  const sorted = [...durations].sort(([one], [other]) => one - other);
  return sorted.map(([mark, count]) => (count === 1 ? `${mark} ` : `${mark}*${count} `)).join("");
}

/** Adds what a text of `durationsText`, or several in a row, says. */
export function addDurationsText(durations: Durations, text: string): void {
  for (let at = 0; at < text.length; ) {
    let [mark, count] = [0, 0];
    let isCount = false;
    for (let code = text.charCodeAt(at); code !== space; code = text.charCodeAt(at)) {
      if (Number.isNaN(code)) break;
      if (code === times) isCount = true;
      else if (isCount) count = count * 10 + code - zero;
      else mark = mark * 10 + code - zero;
      at += 1;
    }
    addDuration(durations, mark, isCount ? count : 1);
    at += 1;
  }
}

const [space, times, zero] = [0x20, 0x2a, 0x30];

/** How many milliseconds `share` of the calls took at most, as in 0.95; undefined when there are none. */
export function quantileMs(durations: Durations, share: number): number | undefined {
  const sorted = [...durations].sort(([one], [other]) => one - other);
  let left = Math.ceil(share * sorted.reduce((sum, [, count]) => sum + count, 0));
  for (const [mark, count] of sorted) {
    left -= count;
    // The middle between this mark and the one below, on the scale's own terms.
    if (left <= 0) return rounded((smallestUs * ratio ** (mark === 0 ? 0 : mark - 0.5)) / 1000);
  }
  return undefined;
}

/** Three digits, which is more than it is good for. */
const rounded = (ms: number) => Number(ms.toPrecision(3));
