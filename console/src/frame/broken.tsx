import { Container, Stack, Title } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { useEffect } from "react";
import { Refusal } from "../api/problem.ts";
import { Fault } from "../parts/fault.tsx";
import { Lost } from "./lost.tsx";
import { useTitle } from "./page.tsx";

/** A page that could not be shown. Whoever is no longer signed in is sent to sign in. */
export function Broken({ error, reset }: ErrorComponentProps) {
  useTitle("Not possible");
  const isOut = error instanceof Refusal && error.status === 401;
  useEffect(() => {
    if (isOut) location.assign(`/console/sign-in?next=${encodeURIComponent(location.pathname.replace(/^\/console/, ""))}`);
  }, [isOut]);
  if (isOut) return null;
  if (error instanceof Refusal && error.status === 404) return <Lost />;
  return (
    <Container size="sm" py="xl">
      <Stack>
        <Title order={1}>This page cannot be shown</Title>
        <Fault error={error} retry={reset} />
      </Stack>
    </Container>
  );
}
