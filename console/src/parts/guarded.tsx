import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { isConflict } from "../api/problem.ts";
import { Conflict } from "./conflict.tsx";
import { useSending } from "./sending.ts";

interface Guard<Noun, Body> {
  /** Reads it as it is now. */
  readonly read: () => Promise<Answer<Noun>>;
  readonly send: (body: Body, ifMatch: string | undefined) => Promise<Answer<Noun>>;
  /** What of it is shown when two changes meet: no secret, and in words of the page. */
  readonly readable: (noun: Noun, change?: Body) => unknown;
}

/** A change, and what it was made from. */
interface Change<Noun, Body> {
  readonly base: Answer<Noun>;
  /** What to send, made from what is there: again, when somebody else was first and theirs is to be kept around it. */
  readonly make: (noun: Noun) => Body;
  readonly onSaved?: ((answer: Answer<Noun>) => void) | undefined;
  readonly onLeft?: (() => void) | undefined;
}

/**
 * Saves what others may change at the same time. `await save({ base, make })` gives whether it was saved; `conflict` is to be shown when
 * somebody else was first, and lets the person choose.
 */
export function useGuarded<Noun, Body>({ read, send, readable }: Guard<Noun, Body>) {
  const sending = useSending();
  const [overtaken, setOvertaken] = useState<{ change: Change<Noun, Body>; theirs: Answer<Noun> }>();
  return { save, isPending: sending.isPending, error: isConflict(sending.error) ? undefined : sending.error, forget, conflict: shown() };

  async function save(change: Change<Noun, Body>): Promise<boolean> {
    setOvertaken(undefined);
    let theirs: Answer<Noun> | undefined;
    const answer = await sending.run(async () => {
      try {
        return await send(change.make(change.base.body), change.base.etag);
      } catch (error) {
        if (isConflict(error)) theirs = await read();
        throw error;
      }
    });
    if (theirs) setOvertaken({ change, theirs });
    if (answer) change.onSaved?.(answer);
    return answer !== undefined;
  }

  function forget() {
    setOvertaken(undefined);
    sending.forget();
  }

  function shown() {
    if (!overtaken) return null;
    const { change, theirs } = overtaken;
    return (
      <Conflict
        before={readable(change.base.body)}
        mine={readable(change.base.body, change.make(change.base.body))}
        theirs={readable(theirs.body)}
        onTakeTheirs={() => {
          change.onLeft?.();
          void sending.run(async () => forget());
        }}
        onKeepMine={() => void save({ ...change, base: theirs })}
      />
    );
  }
}
