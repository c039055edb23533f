import { setTimeout as pause } from "node:timers/promises";
import type { Engine } from "../../server/src/store/database.ts";
import { median, type Row, ratesText } from "../figures.ts";
import { createWay, sendersOf, subscribe, withRig } from "./rig.ts";

/**
 * Events per second from 64 senders through one node to a destination that answers at once, until the last has arrived, beside how many
 * are taken in when nobody wants them.
 */
export const benchDelivery = (engine: Engine, postgres: string): Promise<Row[]> =>
  withRig(engine, postgres, async (rig) => {
    const destination = await rig.destination();
    const [quiet, through] = [await rig.program(await rig.place()), await rig.program(await rig.place())];
    const way = await createWay(through);
    await subscribe(through, way, "posted", destination.url, "happened");
    const takeIn = sendersOf(rig, quiet, await createWay(quiet));
    const send = sendersOf(rig, through, way);
    const [taken, delivered]: number[][] = [[], []];
    for (let round = 0; round <= rounds; round += 1) {
      const { answers, seconds } = await takeIn(forMs);
      const before = await destination.count();
      const startedMs = performance.now();
      const sent = await send(forMs);
      while ((await destination.count()) < before + sent.answers) await pause(2);
      // The first only warms up.
      if (round === 0) continue;
      taken?.push(answers / seconds);
      delivered?.push((sent.answers * 1000) / (performance.now() - startedMs));
    }
    const [inRates = [], outRates = []] = [taken, delivered];
    return [
      {
        what: `Events delivered, beside events taken in, ${engine}`,
        bar: { kind: "at least", limit: 0.5, unit: "" },
        value: median(outRates) / median(inRates),
        behind: `64 senders, one node: ${ratesText(outRates)} delivered, ${ratesText(inRates)} taken in when nobody wants them`,
      },
    ];
  });

const rounds = 5;
const forMs = 2_000;
