import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Puts the tests that take long first, and the others as vitest would: one of them begun last would run alone, on one processor, when
 * all else has ended. In a new folder vitest knows only how large files are, and long tests are small ones in loops.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const turnOf = ({ moduleId }: TestSpecification) => {
      const turn = longFirst.findIndex((part) => moduleId.includes(part));
      return turn < 0 ? longFirst.length : turn;
    };
    return (await super.sort(files)).toSorted((one, other) => turnOf(one) - turnOf(other));
  }
}

// Those that start and kill processes, a thousand requests, gigabytes, browsers.
const longFirst = [
  "/test/durability/",
  "/http/operations.",
  "/clients/large.",
  "/http/imports.",
  "/console/test/",
  "/contract/test/shapes.",
];
