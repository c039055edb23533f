import { Problem } from "../../src/kernel/errors.ts";
import { answerRequests } from "../../src/sandbox/worker-loop.ts";

/** What the tests of the pool ask of a worker. */
export type Ask =
  | "spin"
  | "fill the heap"
  | "overflow the stack"
  | "refuse"
  | "fail"
  | "exit"
  | { echo: number }
  | { parts: number }
  | { bytes: ArrayBuffer };

answerRequests<Ask, number, number>((ask, give) => {
  switch (ask) {
    case "spin":
      for (;;);
    case "fill the heap": {
      const kept: unknown[] = [];
      for (;;) kept.push({ at: kept.length, list: [kept.length] });
    }
    case "overflow the stack": {
      const down = (): number => down() + 1;
      return down();
    }
    case "refuse":
      throw new Problem("malformed_document", { message: "No.", fields: [{ field: "a", message: "b" }] });
    case "fail":
      throw new Error("a fault of our own");
    case "exit":
      process.exit();
  }
  if ("echo" in ask) return ask.echo;
  if ("bytes" in ask) return ask.bytes.byteLength;
  return giveAll(ask.parts, give);
});

async function giveAll(count: number, give: (part: number) => Promise<void>): Promise<number> {
  for (let part = 0; part < count; part++) await give(part);
  return count;
}
