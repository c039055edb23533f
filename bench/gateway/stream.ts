import type { Bar, Row } from "../figures.ts";
import { ordered } from "../load.ts";
import { cpuSecondsOf, residentMegabytes } from "../processes.ts";
import { apiKeyProof, connect, headers, type Rig, type Side, withRig } from "./rig.ts";
import { ratesInTurns, ratioOf, text } from "./turns.ts";

/** Bytes per second of 10 MiB bodies through the gateway, beside a bare loop that streams, and what it takes in memory. */
export const benchStream = (): Promise<Row[]> =>
  withRig(async (rig) => {
    const { port: outside } = await rig.start(new URL("stream-upstream-process.ts", import.meta.url));
    const origin = `http://127.0.0.1:${outside}`;
    const program = await rig.program();
    const [proxy = ""] = await connect(program, origin, [apiKeyProof]);
    const bare = await rig.start(new URL("bare-stream-process.ts", import.meta.url), origin);
    const memory = watchMemory(rig, program.pid);
    const sidesOf = async (method: Method) => [
      await callersOf(rig, method, { port: program.port, pid: program.pid, path: `${proxy}/big` }),
      await callersOf(rig, method, { ...bare, path: "/api/big" }),
    ];
    const [down, up] = [await sidesOf("GET"), await sidesOf("PUT")];
    // V8 lets the young generation grow to its bound first, whatever passes.
    for (let round = 0; round < 3; round += 1) for (const [gateway] of [down, up]) await gateway?.();
    memory.compare();
    const rows = [rowOf("answer", await ratesInTurns(down)), rowOf("body", await ratesInTurns(up))];
    return [...rows, memory.row()];
  });

const atLeast: Bar = { kind: "at least", limit: 0.9, unit: "" };
const atMost: Bar = { kind: "at most", limit: 16, unit: "MB" };

type Method = "GET" | "PUT";

/** 8 callers that pass 10 MiB at a time; the rates are in MiB. */
async function callersOf({ fork }: Rig, method: Method, to: { port: number; pid: number; path: string }): Promise<Side> {
  const load = fork(new URL("stream-load-process.ts", import.meta.url));
  const framing = method === "PUT" ? `Content-Length: ${10 * 1024 * 1024}\r\n` : "";
  const head = `${method} ${to.path} HTTP/1.1\r\nHost: 127.0.0.1:${to.port}\r\n${headers}${framing}\r\n`;
  return async () => {
    const before = await cpuSecondsOf([to.pid]);
    const order = { port: to.port, head, method, callers: 8, forMs: 1000 };
    const { mebibytes, seconds } = await ordered<{ mebibytes: number; seconds: number }>(load, order);
    return { perSecond: mebibytes / seconds, perCpuSecond: mebibytes / ((await cpuSecondsOf([to.pid])) - before) };
  };
}

function rowOf(name: string, [gateway = [], loop = []]: Awaited<ReturnType<typeof ratesInTurns>>): Row {
  const { ratio, cpuRatio } = ratioOf(gateway, loop);
  return {
    what: `Gateway, 10 MiB ${name} streamed, beside a bare loop`,
    bar: atLeast,
    value: ratio,
    behind: `8 callers, MiB: ${text(gateway)}; bare loop ${text(loop)}; by processor time ${cpuRatio.toFixed(2)}`,
  };
}

/** Looks at a process's memory all the time. How much it rises is told from peak to peak, because between collections it goes up and down. */
function watchMemory({ defer }: Rig, pid: number): { compare(): void; row(): Row } {
  let peak = 0;
  let first = 0;
  const timer = setInterval(async () => {
    peak = Math.max(peak, await residentMegabytes(pid));
  }, 10);
  defer(() => clearInterval(timer));
  return {
    compare() {
      first = peak;
      peak = 0;
    },
    row: () => ({
      what: "Gateway, memory that more streaming takes",
      bar: atMost,
      value: Math.max(0, peak - first),
      behind: `resident: at most ${Math.round(first)} MB in the first three seconds each way, ${Math.round(peak)} MB in the 12 after that`,
    }),
  };
}
