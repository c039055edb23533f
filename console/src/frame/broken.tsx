import { Button, Container, Stack, Text, Title } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Refusal } from "../api/problem.ts";
import { Waiting } from "../parts/answer.tsx";
import { Fault } from "../parts/fault.tsx";
import { now } from "../parts/now.ts";
import { isMissingPart, loadAfresh } from "./afresh.ts";
import { Lost } from "./lost.tsx";
import { useTitle } from "./page.tsx";

/** A page that could not be shown. Whoever is no longer signed in is sent to sign in. */
export function Broken({ error, reset }: ErrorComponentProps) {
  useTitle("Not possible");
  const isOut = error instanceof Refusal && error.status === 401;
  useEffect(() => {
    if (isOut)
      location.assign(`/console/sign-in?next=${encodeURIComponent(location.pathname.replace(/^\/console/, "") + location.search)}`);
  }, [isOut]);
  if (isOut) return null;
  if (error instanceof Refusal && error.status === 404) return <Lost />;
  return (
    <Container size="sm" py="xl">
      {isMissingPart(error) ? (
        <Outdated />
      ) : (
        <Stack>
          <Title order={1}>This page cannot be shown</Title>
          <Fault error={error} retry={reset} />
        </Stack>
      )}
    </Container>
  );
}

function Outdated() {
  const [isStuck, setStuck] = useState(false);
  useEffect(() => {
    void loadAfresh(now()).then((isUnderWay) => setStuck(!isUnderWay));
  }, []);
  if (!isStuck) return <Waiting />;
  return (
    <Stack align="flex-start">
      <Title order={1}>A part of the console did not arrive</Title>
      <Text>Mooring may have been updated, or may not answer at the moment.</Text>
      <Button onClick={() => location.reload()}>Load the page again</Button>
    </Stack>
  );
}
