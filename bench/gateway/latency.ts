import { median, type Row } from "../figures.ts";
import { ordered } from "../load.ts";
import { apiKeyProof, connect, headers, withRig } from "./rig.ts";

/**
 * What the gateway adds to the latency of a call while 2,000 a second come on a fixed schedule, whether the last was answered or not.
 * Each is timed from the moment it was due, so that waiting counts: through the gateway, less the same straight to the upstream.
 */
export const benchLatency = (): Promise<Row[]> =>
  withRig(async (rig) => {
    const program = await rig.program();
    const [proxy = ""] = await connect(program, rig.upstream.origin, [apiKeyProof]);
    const pace = rig.fork(new URL("pace-process.ts", import.meta.url));
    const run = async (port: number, path: string): Promise<Quantiles> => {
      const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${headers}\r\n`;
      const { latenciesMs } = await ordered<{ latenciesMs: number[] }>(pace, { port, request, ...schedule });
      return quantilesOf(latenciesMs);
    };
    const direct: Quantiles[] = [];
    const gateway: Quantiles[] = [];
    for (let turn = 0; turn <= turns; turn += 1) {
      const straight = await run(Number(new URL(rig.upstream.origin).port), "/api/orders");
      const through = await run(program.port, `${proxy}/orders`);
      // The first turn only warms up.
      if (turn === 0) continue;
      direct.push(straight);
      gateway.push(through);
    }
    return [rowOf("p50", 0.5, gateway, direct), rowOf("p99", 3, gateway, direct)];
  });

const turns = 4;
const schedule = { perSecond: 2000, forMs: 2500, connections: 64 };

interface Quantiles {
  readonly p50: number;
  readonly p99: number;
}

function quantilesOf(latenciesMs: number[]): Quantiles {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

function rowOf(name: keyof Quantiles, limit: number, gateway: readonly Quantiles[], direct: readonly Quantiles[]): Row {
  const added = gateway.map((round, at) => round[name] - (direct[at]?.[name] ?? Number.NaN));
  const shown = (rounds: readonly Quantiles[]) => rounds.map((round) => round[name].toFixed(2)).join(", ");
  return {
    what: `Gateway, added latency at 2,000 calls/s, ${name}`,
    bar: { kind: "at most", limit, unit: "ms" },
    value: median(added),
    behind: `ms from the moment due, each round: ${shown(gateway)}; straight to the upstream ${shown(direct)}`,
  };
}
