import { useDebouncedValue } from "@mantine/hooks";
import type { Explanation } from "@mooring/contract";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { type CallAnswer, explained, type GatewayCall, headerOf, parsed, performed } from "./gateway.ts";

/** What a call would come to, asked again whenever a person stops typing. */
export function useExplanation(call: GatewayCall, { isPaused }: { isPaused: boolean }) {
  const [settled] = useDebouncedValue(call, 350);
  const query = useQuery<Explanation>({
    queryKey: ["explain", settled],
    queryFn: ({ signal }) => explained(settled, signal),
    placeholderData: keepPreviousData,
    enabled: !isPaused,
    retry: false,
    gcTime: 0,
  });
  return { query, isOld: query.isPlaceholderData || JSON.stringify(settled) !== JSON.stringify(call) };
}

/** A call that was made, and the answer to it. */
interface Made {
  readonly answer: CallAnswer;
  readonly sentAt: string;
}

/** Making a call: one at a time, and it ends when the page is left. */
export function useTrial() {
  const controller = useRef<AbortController>(undefined);
  const [bytes, setBytes] = useState(0);
  const send = useMutation({
    mutationFn: async (call: GatewayCall): Promise<Made> => {
      controller.current = new AbortController();
      setBytes(0);
      const sentAt = new Date(performance.timeOrigin + performance.now() - clockSlackMs).toISOString();
      return { answer: await performed(call, controller.current.signal, setBytes), sentAt };
    },
  });
  useEffect(() => () => controller.current?.abort(), []);
  const wasStopped = send.error instanceof DOMException && send.error.name === "AbortError";
  return { send, bytes, wasStopped, stop: () => controller.current?.abort() };
}

// This machine's clock need not be Mooring's.
const clockSlackMs = 60_000;

/** What Mooring found wrong with the input of a call, by place; undefined when the answer is no such refusal. */
export function inputFaults(answer: CallAnswer | undefined): ReadonlyMap<string, string> | undefined {
  if (answer?.status !== 400 || headerOf(answer, "mooring-origin") === "upstream") return undefined;
  const { fields } = parsed(new TextDecoder().decode(answer.bytes)) as { fields?: { field: string; message: string }[] };
  return fields && new Map(fields.map(({ field, message }) => [field, message]));
}
