import { cpus } from "node:os";
import { median, type Row } from "../figures.ts";
import { familyOf } from "../processes.ts";
import { apiKeyProof, callersOf, connect, withRig } from "./rig.ts";
import { ratesInTurns, ratioOf, text } from "./turns.ts";

/**
 * Calls per second through two processes on one machine, beside one. The callers and the upstream need processors too, so that on a
 * machine of two cores the rates alone cannot reach the bar: what the processes' own time allows is said beside it.
 */
export const benchWorkers = (): Promise<Row[]> =>
  withRig(async (rig) => {
    const sideOf = async (workers: number) => {
      const program = await rig.program({ MOORING_WORKERS: String(workers) });
      const [proxy = ""] = await connect(program, rig.upstream.origin, [apiKeyProof]);
      return callersOf(rig, { port: program.port, paths: [`${proxy}/orders?page=2`], pids: await familyOf(program.pid) });
    };
    const [one = [], two = []] = await ratesInTurns([await sideOf(1), await sideOf(2)]);
    const { ratio, cpuRatio } = ratioOf(two, one);
    const [a, b] = [one, two].map((rates) => median(rates.map(({ perSecond, perCpuSecond }) => perSecond / perCpuSecond)));
    const behind =
      `64 callers: ${text(two)}; one process ${text(one)}. They used ${b?.toFixed(2)} processors, and one ${a?.toFixed(2)}; ` +
      `with a whole one each they would serve ${(2 * cpuRatio).toFixed(2)} times as much${limitText()}`;
    const bar = { kind: "at least", limit: 1.7, unit: "" } as const;
    return [{ what: "Gateway, two processes beside one", bar, value: ratio, behind }];
  });

/** What stands in the way on a small machine. */
const limitText = () =>
  cpus().length >= 4 ? "" : `. Here they share ${cpus().length} processors with the callers and the upstream, which limits the ratio`;
