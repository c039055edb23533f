import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Connected, grantAt, org, type TokenRig, tokenRig } from "../credentials/token-rig.ts";
import { engines } from "../harness/engines.ts";
import { trials } from "../harness/profile.ts";
import { root, startFlags } from "../harness/program.ts";
import type { Rotation } from "../harness/rotating-server.ts";
import type { RenewalReport, TokenWorkerSetup } from "./token-worker.ts";

const [, postgres] = engines as [unknown, (typeof engines)[number]];
/** Longer than any lease. */
const leaseOverMs = 31_000;

describe("a renewal whose process", () => {
  test("was stopped, and goes on when another has renewed, writes nothing (O-6)", { timeout: 1_800_000 }, async () => {
    const { rig, start } = await rigOf();
    rig.server.rotation = "grace";
    const other = await rig.node();
    const worker = await start();
    const rounds = trials({ change: 6, long: 1000 });
    for (let round = 1; round <= rounds; round++) {
      const to = await rig.connect(grantAt(rig.server, { refreshToken: rig.server.signIn() }));
      const gate = Promise.withResolvers<void>();
      const asked = rig.server.asked.length;
      rig.server.hold = () => gate.promise;
      const report = worker.renew(to);
      await until(() => rig.server.asked.length > asked);
      worker.child.kill("SIGSTOP");
      rig.server.hold = undefined;
      await rig.age(leaseOverMs);
      await other.caughtUp();
      expect(await other.call(to)).toMatchObject({ status: 200 });
      const newer = await rig.opened(to.id);
      gate.resolve();
      worker.child.kill("SIGCONT");
      expect(await report).toMatchObject({ outcome: "renewed", stats: { renewed: 0, discarded: round } });
      expect(await rig.opened(to.id)).toEqual(newer);
    }
  });

  test.each(["grace", "strict"] as const)(
    "was killed leaves the old token or the new one, with rotation %s (O-7)",
    { timeout: 3_600_000 },
    async (rotation) => {
      const { rig, start } = await rigOf();
      rig.server.rotation = rotation;
      const other = await rig.node();
      const points = trials({ change: 15, long: 500 });
      let lost = 0;
      let next = start();
      for (let point = 0; point < points; point++) {
        const worker = await next;
        next = start();
        const before = rig.server.signIn();
        const to = await rig.connect(grantAt(rig.server, { refreshToken: before }));
        await killedAt(rig, worker, to, point);
        await expectOldOrNew(rig, to, before);
        await rig.age(leaseOverMs);
        await other.caughtUp();
        const { status } = await other.call(to);
        if (status === 200) continue;
        lost += 1;
        expect({ status, rotation }).toEqual({ status: 424, rotation: "strict" satisfies Rotation });
        expect(await rig.stored(to.id)).toMatchObject({
          needsPerson: true,
          reason: expect.stringMatching(/begun at \S+Z was interrupted/),
        });
      }
      (await next).child.kill("SIGKILL");
      process.stdout.write(`killed at ${points} points of a renewal, rotation ${rotation}: ${lost} need a new sign-in\n`);
      if (rotation === "grace") expect(lost).toBe(0);
    },
  );
});

/** Before it asked, while the server has the request, or some time after the answer has left: all that happens in a renewal. */
async function killedAt(rig: TokenRig, worker: Worker, to: Connected, point: number): Promise<void> {
  const asked = rig.server.asked.length;
  const ended = once(worker.child, "exit");
  const gate = Promise.withResolvers<void>();
  if (point % 3 === 1) rig.server.hold = () => gate.promise;
  void worker.renew(to).catch(() => {});
  if (point % 3 === 0) await pause(point % 10);
  else await until(() => rig.server.asked.length > asked);
  if (point % 3 === 2) await pause(point % 7);
  worker.child.kill("SIGKILL");
  await ended;
  rig.server.hold = undefined;
  gate.resolve();
}

/** What is stored is all of one answer, or what was there before. */
async function expectOldOrNew(rig: TokenRig, to: Connected, before: string): Promise<void> {
  const { accessToken, refreshToken } = await rig.opened(to.id);
  const pairs = rig.server.given.map((given) => `${given.accessToken} ${given.refreshToken}`);
  expect([`undefined ${before}`, ...pairs]).toContain(`${accessToken} ${refreshToken}`);
}

interface Worker {
  readonly child: ChildProcess;
  renew(to: Connected): Promise<RenewalReport>;
}

async function rigOf(): Promise<{ rig: TokenRig; start(): Promise<Worker> }> {
  const place = await postgres.prepare();
  const rig = await tokenRig(place);
  const setup: TokenWorkerSetup = { databaseUrl: place.url ?? "", masterKey: rig.masterKey, allow: rig.server.allow };
  return { rig, start: () => startWorker(setup) };
}

async function startWorker(setup: TokenWorkerSetup): Promise<Worker> {
  const file = join(import.meta.dirname, "token-worker.ts");
  const child = spawn(process.execPath, [...startFlags, file, JSON.stringify(setup)], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "message");
  return {
    child,
    async renew({ connectionId }) {
      child.send({ org, connectionId });
      const [report] = await once(child, "message");
      return report as RenewalReport;
    },
  };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(1);
}
