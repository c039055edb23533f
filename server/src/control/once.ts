import { hash } from "node:crypto";
import type { Seals } from "../credentials/seals.ts";
import type { Actor } from "../domain/actor.ts";
import type { Clock } from "../kernel/clock.ts";
import { Problem } from "../kernel/errors.ts";
import { claimKey, forgetKeys, type KeptAnswer, keepAnswer, readKey } from "../store/idempotency.ts";
import type { Call } from "./change.ts";

/** Thrown inside the transaction of a repeated request: its work was done before, and this was the answer. */
export class AnsweredBefore extends Error {
  readonly answer: unknown;
  constructor(answer: unknown) {
    super("The request was answered before.");
    this.answer = answer;
  }
}

/**
 * Makes a POST with an Idempotency-Key happen once (B-3): the key is claimed in the transaction that does the work, so whatever dies
 * in between, either both are there or neither. For `keptHours` the same request is given the same answer, which is kept sealed because
 * it may hold what is shown only once. Throws `Problem` idempotency_mismatch when the key came with another request.
 */
export async function once(
  { seals, clock }: { seals: Seals; clock: Clock },
  actor: Actor,
  { key, request }: { key: string; request: string },
): Promise<NonNullable<Call["once"]>> {
  const sealer = await seals.of(actor.org);
  const requestHash = hash("sha256", request, "base64url");
  // The record's id is hashed: a key is the caller's text, and a label is not.
  const record = { purpose: "answer", id: hash("sha256", `${actor.id} ${key}`, "base64url"), revision: 1 } as const;
  const oldest = () => new Date(clock.now().getTime() - keptHours * 3_600_000);
  return {
    async check(tx) {
      const kept = await readKey(tx, actor.org, { actorId: actor.id, key, since: oldest() });
      if (kept) answerAgain(kept);
    },
    async begin(tx) {
      const since = oldest();
      await forgetKeys(tx, actor.org, since);
      if (await claimKey(tx, actor.org, { actorId: actor.id, key, requestHash, now: clock.now() })) return;
      answerAgain(await readKey(tx, actor.org, { actorId: actor.id, key, since }));
    },
    async end(tx, answer) {
      const { answer: sealed = "" } = sealer.seal(record, { answer: JSON.stringify(answer ?? null) });
      await keepAnswer(tx, actor.org, { actorId: actor.id, key, sealed });
    },
  };

  function answerAgain(kept: KeptAnswer | undefined): never {
    if (kept?.requestHash !== requestHash) throw new Problem("idempotency_mismatch");
    const { answer } = sealer.open(record, { answer: kept.sealed ?? "" });
    throw new AnsweredBefore(JSON.parse(answer?.reveal() ?? "null"));
  }
}

const keptHours = 24;
