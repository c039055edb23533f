import { Alert, Anchor, Text } from "@mantine/core";
import { type QueryCacheNotifyEvent, useQueryClient } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { useEffect, useState } from "react";
import { Refusal } from "../api/problem.ts";

/**
 * Says so when the session ended while a page was open, and nothing otherwise. The way back in opens a tab of its own, so that nothing
 * that was typed here is lost; once an answer comes again, all is as before.
 */
export function SignedOut() {
  const queries = useQueryClient();
  const [isOut, setOut] = useState(false);
  useEffect(() => {
    const isRefused = (error: unknown) => error instanceof Refusal && error.status === 401 && error.code === "unauthenticated";
    const look = (event: QueryCacheNotifyEvent) => {
      if (event.type !== "updated") return;
      if (event.action.type === "error" && isRefused(event.action.error)) setOut(true);
      // Who is there is answered to everybody.
      if (event.action.type === "success" && event.query.queryKey[0] !== "session") setOut(false);
    };
    const endReads = queries.getQueryCache().subscribe(look);
    const endChanges = queries.getMutationCache().subscribe(({ mutation }) => isRefused(mutation?.state.error) && setOut(true));
    return () => {
      endReads();
      endChanges();
    };
  }, [queries]);
  if (!isOut) return null;
  return (
    <Alert color="orange" icon={<LogOut size={18} />} mb="lg" role="alert">
      <Text size="sm">
        You are signed out: the session ended, or your password was changed elsewhere.{" "}
        <Anchor href="/console/sign-in" target="_blank" rel="noopener" inherit underline="always">
          Sign in again
        </Anchor>{" "}
        in a tab of its own, then come back here. What you typed stays.
      </Text>
    </Alert>
  );
}
