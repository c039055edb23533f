import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Puts the tests that start and kill processes first, and the others as vitest would: those take minutes, and one of them begun last
 * would run alone, on one processor, when all else has ended.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => moduleId.includes("/test/durability/");
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
