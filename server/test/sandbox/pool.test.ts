import { setImmediate } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { Problem } from "../../src/kernel/errors.ts";
import { createPool, type Pool, type PoolDeps } from "../../src/sandbox/pool.ts";
import { trials } from "../harness/profile.ts";
import type { Ask } from "./pool-worker.ts";
import { org, otherOrg } from "./schemas.ts";

const pools: Pool<Ask, number, number>[] = [];
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

function poolOf(deps: Partial<PoolDeps> = {}): Pool<Ask, number, number> {
  const worker = new URL("./pool-worker.ts", import.meta.url);
  const pool = createPool<Ask, number, number>({
    worker,
    workersMax: 2,
    heapMiB: 32,
    timeoutMs: 300,
    idleMs: 60_000,
    queueMax: 100,
    ...deps,
  });
  pools.push(pool);
  return pool;
}

const codeOf = (answer: Promise<unknown>) =>
  answer.then(
    (value) => value,
    (error: unknown) => (error instanceof Problem ? error.code : error),
  );

describe("A request that goes over what it may take ends with its worker, and with nothing else (J-2)", () => {
  it.each([
    ["spin", "too_costly"],
    ["fill the heap", "too_costly"],
    ["overflow the stack", "too_costly"],
    ["refuse", "malformed_document"],
    ["fail", "internal"],
    ["exit", "internal"],
  ] as const)("%s: %s", async (ask, code) => {
    const pool = poolOf();
    expect(await codeOf(pool.run(org, ask))).toBe(code);
    expect(await pool.run(org, { echo: 7 })).toBe(7);
  });

  it("so that all others of its batch are answered, each once", async () => {
    const pool = poolOf({ batchMax: 64, patienceMs: 50, queueMax: 1000 });
    const bombs: Ask[] = ["spin", "fill the heap", "overflow the stack"];
    for (let round = 0; round < trials({ change: 3, long: 100 }); round++) {
      const asks = Array.from({ length: 60 }, (_, at): Ask => (at % 20 === 7 ? (bombs[(at - 7) / 20] as Ask) : { echo: at }));
      const answers = await Promise.all(asks.map((ask, at) => codeOf(pool.run(at % 2 ? org : otherOrg, ask))));
      expect(answers).toEqual(asks.map((_, at) => (at % 20 === 7 ? "too_costly" : at)));
    }
  });

  it("keeps the code, the message and the fields of what it throws", async () => {
    await expect(poolOf().run(org, "refuse")).rejects.toMatchObject({
      code: "malformed_document",
      message: "No.",
      fields: [{ field: "a", message: "b" }],
    });
  });
});

describe("Whoever waits is answered in turn (T-4)", () => {
  it("also while another organisation's bombs hold all the workers that they may", async () => {
    const pool = poolOf({ workersMax: 2 });
    let bombsDone = 0;
    const bombs = Array.from({ length: 8 }, () => codeOf(pool.run(org, "spin")).then(() => (bombsDone += 1)));
    await setImmediate();
    expect(await Promise.all(Array.from({ length: 20 }, (_, at) => pool.run(otherOrg, { echo: at })))).toHaveLength(20);
    expect(bombsDone).toBeLessThan(8);
    await Promise.all(bombs);
  });

  it("and by workers apart from those that are given to whoever threw bombs before", async () => {
    const pool = poolOf({ workersMax: 3, batchMax: 64, patienceMs: 50, queueMax: 1000 });
    await codeOf(pool.run(org, "spin"));
    await pool.run(otherOrg, { echo: 0 });
    const bombs = Array.from({ length: 6 }, () => codeOf(pool.run(org, "spin")));
    // Each answer is asked for anew, so that a batch with a bomb would be met.
    for (let at = 0; at < 200; at++) expect(await pool.run(otherOrg, { echo: at })).toBe(at);
    expect(await Promise.all(bombs)).toEqual(Array(6).fill("too_costly"));
  });

  it("also when the only worker dies of memory while others wait", async () => {
    const pool = poolOf({ workersMax: 1, timeoutMs: 30_000 });
    const dying = ["fill the heap", "fill the heap"].map((ask) => codeOf(pool.run(org, ask as Ask)));
    const waits = pool.run(otherOrg, { echo: 9 });
    expect(await Promise.all(dying)).toEqual(["too_costly", "too_costly"]);
    expect(await waits).toBe(9);
  });

  it("or is told at once that too many wait, of one organisation before all places are taken", async () => {
    const pool = poolOf({ workersMax: 1, queueMax: 8 });
    const crowd = Array.from({ length: 20 }, () => codeOf(pool.run(org, { echo: 1 })));
    const other = codeOf(pool.run(otherOrg, { echo: 2 }));
    const answers = await Promise.all(crowd);
    expect(answers.filter((answer) => answer === 1)).toHaveLength(6);
    expect(answers.filter((answer) => answer === "overloaded")).toHaveLength(14);
    expect(await other).toBe(2);
  });
});

describe("A worker", () => {
  it("starts when it is needed and ends when it rests", async () => {
    const pool = poolOf({ idleMs: 50 });
    expect(pool.stats().workers).toBe(0);
    await pool.run(org, { echo: 1 });
    expect(pool.stats().workers).toBe(1);
    await expect.poll(() => pool.stats().workers).toBe(0);
    expect(await pool.run(org, { echo: 2 })).toBe(2);
  });

  it("gives parts one at a time, and its time stands still while one is taken", async () => {
    const pool = poolOf({ timeoutMs: 200 });
    const taken: number[] = [];
    let open = 0;
    const onPart = async (part: number) => {
      expect(++open).toBe(1);
      // Longer than it may run.
      if (part === 1) await new Promise((resolve) => setTimeout(resolve, 400));
      taken.push(part);
      open -= 1;
    };
    expect(await pool.run(org, { parts: 4 }, { onPart })).toBe(4);
    expect(taken).toEqual([0, 1, 2, 3]);
  });

  it("ends with a part that cannot be taken", async () => {
    const pool = poolOf();
    const failure = new Problem("conflict");
    await expect(pool.run(org, { parts: 4 }, { onPart: () => Promise.reject(failure) })).rejects.toBe(failure);
    expect(await pool.run(org, { echo: 1 })).toBe(1);
  });

  it("is given what is moved instead of copied", async () => {
    const bytes = new ArrayBuffer(1024);
    expect(await poolOf().run(org, { bytes }, { transfer: [bytes] })).toBe(1024);
    expect(bytes.byteLength).toBe(0);
  });
});

describe("What is no longer wanted", () => {
  it("ends, whether it runs or waits", async () => {
    const pool = poolOf({ workersMax: 1, timeoutMs: 60_000 });
    const [first, second] = [new AbortController(), new AbortController()];
    const running = codeOf(pool.run(org, "spin", { signal: first.signal }));
    const waiting = codeOf(pool.run(org, "spin", { signal: second.signal }));
    const last = pool.run(org, { echo: 3 });
    second.abort("not this");
    expect(await waiting).toBe("not this");
    first.abort("nor this");
    expect(await running).toBe("nor this");
    expect(await last).toBe(3);
  });

  it("is refused when the pool closes, and no worker is left", async () => {
    const pool = poolOf({ timeoutMs: 60_000 });
    const asked = ["spin", "spin", "spin"].map((ask) => codeOf(pool.run(org, ask as Ask)));
    await expect.poll(() => pool.stats().workers).toBeGreaterThan(0);
    await pool.close();
    expect(await Promise.all(asked)).toEqual(["overloaded", "overloaded", "overloaded"]);
    expect(pool.stats()).toEqual({ workers: 0, waiting: 0 });
    expect(await codeOf(pool.run(org, { echo: 1 }))).toBe("overloaded");
  });
});
