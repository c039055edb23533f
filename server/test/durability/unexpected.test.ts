import { afterEach, beforeEach, expect, test } from "vitest";
import { engines, type Place } from "../harness/engines.ts";
import { homeOn, type MooringProcess, startProcess } from "../harness/process.ts";

let place: Place;
let mooring: MooringProcess | undefined;

beforeEach(async () => {
  place = await (engines[0] as (typeof engines)[number]).prepare();
});
afterEach(async () => {
  await mooring?.kill("SIGKILL");
  await place.remove();
});

test.each(["handler", "timer", "promise", "microtask", "listener"])(
  "an error that nobody foresaw, in a %s, is logged and ends the process with exit code 1, so that a supervisor starts it anew (L-6)",
  async (where) => {
    const injected = new URL("./injected-throw.ts", import.meta.url).href;
    mooring = await startProcess({ ...homeOn(place).settings, NODE_OPTIONS: `--import=${injected}` });
    const { url, written, ended } = mooring;
    await fetch(new URL(`/injected/${where}`, url)).catch(() => undefined);
    expect(await ended).toBe(1);
    const line = written
      .join("")
      .split("\n")
      .find((one) => one.includes("an unexpected error ended Mooring"));
    expect(JSON.parse(line ?? "{}")).toMatchObject({ level: 50, error: { name: "Error" } });
    await expect(fetch(new URL("/readyz", url))).rejects.toThrow("fetch failed");
  },
);
