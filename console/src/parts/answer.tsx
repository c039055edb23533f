import { Skeleton, Stack, VisuallyHidden } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { Compass } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { Refusal } from "../api/problem.ts";
import { Empty } from "./empty.tsx";
import { Fault } from "./fault.tsx";

/** A query on the page: waits visibly when it takes long, says what went wrong, or shows what came. An older answer stays beside a fault. */
export function Answered<Data>({ query, children }: { query: UseQueryResult<Data>; children: (data: Data) => ReactNode }) {
  if (query.data !== undefined)
    return (
      <>
        {query.isError && <Fault error={query.error} retry={() => void query.refetch()} />}
        {children(query.data)}
      </>
    );
  // What is gone is not there at a second try either.
  if (query.error instanceof Refusal && query.error.status === 404)
    return (
      <Empty icon={Compass} title="There is nothing here">
        The address is wrong, or what it named was removed.
      </Empty>
    );
  if (query.isError) return <Fault error={query.error} retry={() => void query.refetch()} />;
  return <Waiting />;
}

/** Grey lines that appear only when something takes more than 200 ms: what is quicker must not flicker. */
export function Waiting({ lines = 3 }: { lines?: number }) {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), 200);
    return () => clearTimeout(timer);
  }, []);
  if (!isLong) return null;
  return (
    <Stack gap="sm" aria-busy="true">
      <VisuallyHidden role="status">Loading</VisuallyHidden>
      {Array.from({ length: lines }, (_, index) => (
        <Skeleton key={index.toString()} height={20} width={`${92 - ((index * 17) % 40)}%`} />
      ))}
    </Stack>
  );
}
