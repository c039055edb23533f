import { median, ratesText } from "../figures.ts";
import type { Rate, Side } from "./rig.ts";

/** Several sides in turns, so that whatever else the machine does is met by all. Three more than said only warm up: V8 takes some seconds. */
export async function ratesInTurns(sides: readonly Side[], turns = 5): Promise<Rate[][]> {
  const rates: Rate[][] = sides.map(() => []);
  for (let turn = 1 - warmUps; turn <= turns; turn += 1) {
    for (const [at, side] of sides.entries()) {
      const rate = await side();
      if (turn > 0) rates[at]?.push(rate);
    }
  }
  return rates;
}

/** Of the medians: `one` divided by `other`. Per second of processor time moves less when the machine has other work. */
export function ratioOf(one: readonly Rate[], other: readonly Rate[]): { readonly ratio: number; readonly cpuRatio: number } {
  const of = (figure: keyof Rate) => median(one.map((rate) => rate[figure])) / median(other.map((rate) => rate[figure]));
  return { ratio: of("perSecond"), cpuRatio: of("perCpuSecond") };
}

export const text = (rates: readonly Rate[]) => ratesText(rates.map(({ perSecond }) => perSecond));

const warmUps = 3;
