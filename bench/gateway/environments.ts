import type { Row } from "../figures.ts";
import { residentMegabytes } from "../processes.ts";
import { apiKeyProof, callersOf, connect, type Side, withRig } from "./rig.ts";
import { ratesInTurns, ratioOf, text } from "./turns.ts";

/** Calls per second to 10,000 environments that are all warm, in no order, beside as many calls to one of them. */
export const benchEnvironments = (): Promise<Row[]> =>
  withRig(async (rig) => {
    const program = await rig.program();
    const before = await residentMegabytes(program.pid);
    const proxies: string[] = [];
    for (let made = 0; made < environments; made += perConnection) {
      proxies.push(...(await connect(program, rig.upstream.origin, new Array(perConnection).fill(apiKeyProof))));
    }
    const paths = shuffled(proxies).map((proxy) => `${proxy}/orders?page=2`);
    const sideOf = (asked: readonly string[], forMs?: number): Promise<Side> =>
      callersOf(rig, { port: program.port, paths: asked, pids: [program.pid] }, forMs === undefined ? {} : { forMs });
    const all = await sideOf(paths);
    // Until each has been asked for: the callers go on in the next run where they were.
    const { perSecond } = await all();
    for (let asked = perSecond; asked < 2 * environments; asked += 1.5 * perSecond) await all();
    const [ofOne = [], ofAll = []] = await ratesInTurns([await sideOf(paths.slice(0, 1)), all]);
    const { ratio, cpuRatio } = ratioOf(ofAll, ofOne);
    const memory = `${Math.round(before)} MB before, ${Math.round(await residentMegabytes(program.pid))} MB with all of them`;
    return [
      {
        what: "Gateway, 10,000 environments all warm, beside one",
        bar: { kind: "at least", limit: 0.9, unit: "" },
        value: ratio,
        behind: `64 callers: ${text(ofAll)}; one environment ${text(ofOne)}; by processor time ${cpuRatio.toFixed(2)}; ${memory}`,
      },
    ];
  });

const environments = 10_000;
const perConnection = 100;

/** The same in every run: with a fixed stride that shares no factor with their number. */
function shuffled<Item>(items: readonly Item[]): Item[] {
  return items.map((_, at) => items[(at * 6_367) % items.length] as Item);
}
