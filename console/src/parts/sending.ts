import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Refusal } from "../api/problem.ts";

/** Something that is sent: whether it is under way, and what went wrong the last time. */
export interface Sending {
  readonly isPending: boolean;
  readonly error: unknown;
  /**
   * Does the work. When it went well, whatever is on the screen is read again, and its result is given; undefined when it did not, or when
   * the one before is still under way: pressing Enter twice is one wish.
   */
  run<Result>(work: () => Promise<Result>): Promise<Result | undefined>;
  /** Forgets what went wrong. */
  forget(): void;
}

/** A change that may hold a secret: unlike `useChange` it keeps nothing of what was sent, not even until the page is left. */
export function useSending(): Sending {
  const queries = useQueryClient();
  const [{ isPending, error }, setState] = useState<{ isPending: boolean; error: unknown }>(rest);
  // At once, which the state is only once the page was drawn anew.
  const isUnderWay = useRef(false);
  return { isPending, error, run, forget: () => setState(rest) };

  async function run<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    if (isUnderWay.current) return undefined;
    isUnderWay.current = true;
    setState({ isPending: true, error: undefined });
    try {
      const result = await work();
      await queries.invalidateQueries();
      setState(rest);
      return result;
    } catch (fault) {
      setState({ isPending: false, error: fault });
      // The frame sees only what the cache reads, and says so with a way back in.
      if (fault instanceof Refusal && fault.status === 401) void queries.invalidateQueries({ queryKey: ["GetMember"] });
      return undefined;
    } finally {
      isUnderWay.current = false;
    }
  }
}

const rest = { isPending: false, error: undefined };
