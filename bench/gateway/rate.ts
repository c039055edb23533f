import type { Row } from "../figures.ts";
import { startNginx } from "./nginx.ts";
import { apiKeyProof, callersOf, connect, withRig } from "./rig.ts";
import { ratesInTurns, ratioOf, text } from "./turns.ts";

/**
 * Calls per second through the gateway, beside a bare loop of node:http and undici and beside one worker of nginx, which both add one
 * fixed header: 64 callers, a 1 KB answer, one process each, the same upstream, in turns.
 */
export const benchRate = (): Promise<Row[]> =>
  withRig(async (rig) => {
    const { upstream } = rig;
    const program = await rig.program();
    const [proxy = ""] = await connect(program, upstream.origin, [apiKeyProof]);
    const bare = await rig.start(new URL("bare-process.ts", import.meta.url), upstream.origin);
    const nginx = await startNginx(rig);
    const plain = ["/api/orders?page=2"];
    const sides = [
      await callersOf(rig, { port: program.port, paths: [`${proxy}/orders?page=2`], pids: [program.pid] }),
      await callersOf(rig, { port: bare.port, paths: plain, pids: [bare.pid] }),
      ...(nginx ? [await callersOf(rig, { port: nginx.port, paths: plain, pids: nginx.pids })] : []),
    ];
    const [gateway = [], loop = [], worker = []] = await ratesInTurns(sides);
    const besideLoop = ratioOf(gateway, loop);
    const besideWorker = ratioOf(gateway, worker);
    const mine = `64 callers: ${text(gateway)}`;
    return [
      {
        what: "Gateway, 1 KB answer, api-key header, beside a bare loop",
        bar: { kind: "at least", limit: 0.9, unit: "" },
        value: besideLoop.ratio,
        behind: `${mine}; bare node:http and undici ${text(loop)}; by processor time ${besideLoop.cpuRatio.toFixed(2)}`,
      },
      {
        what: "Gateway, the same, beside one worker of nginx",
        bar: { kind: "at least", limit: 0.33, unit: "" },
        value: nginx ? besideWorker.ratio : "skipped",
        behind: nginx
          ? `${mine}; nginx ${text(worker)}; by processor time ${besideWorker.cpuRatio.toFixed(2)}`
          : "there is no nginx on this machine",
      },
    ];
  });
