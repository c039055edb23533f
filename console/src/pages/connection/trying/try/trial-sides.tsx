import { Alert, Button, CopyButton, Group, Kbd, Paper, Stack, Text, Title } from "@mantine/core";
import { Check, Copy, Send, Square, TriangleAlert } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { Waiting } from "../../../../parts/answer.tsx";
import { Fault } from "../../../../parts/fault.tsx";
import type { EntryFault } from "../form/entry.ts";
import { FormContext } from "../form/field-props.ts";
import { Answer, AnswerTitle } from "./answer.tsx";
import { Explained } from "./explain.tsx";
import { curlOf, type GatewayCall } from "./gateway.ts";
import { inputFaults, useExplanation, useTrial } from "./trial.ts";
import classes from "./try.module.css";
import { Underway } from "./underway.tsx";

interface Sides {
  readonly connection: string;
  /** The call as it is sent, and as it is explained. */
  readonly call: GatewayCall;
  readonly explaining: GatewayCall;
  /** What was typed and cannot be written, by place. */
  readonly typedFaults: readonly EntryFault[];
  /** The form. */
  readonly children: ReactNode;
}

/** A form to make a call with, the answer below it, and beside both what the call comes to. */
export function TrialSides({ connection, call, explaining, typedFaults, children }: Sides) {
  const [hasTried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const explanation = useExplanation(explaining, { isPaused: typedFaults.length > 0 });
  const { send, bytes, wasStopped, stop } = useTrial();
  const { problem } = explanation.query.data ?? {};
  const answer = send.data?.answer;
  const refused = inputFaults(answer);
  // What is wrong is marked once somebody tried to send it; from then on the explanation tells of each fault that was mended.
  const faults = useMemo(() => {
    if (!hasTried) return new Map<string, string>();
    const told = explanation.query.isError ? refused : new Map(problem?.fields?.map(({ field, message }) => [field, message]));
    return new Map([...(told ?? []), ...typedFaults.map(({ field, message }) => [field, message] as const)]);
  }, [hasTried, explanation.query.isError, refused, problem, typedFaults]);

  useEffect(() => {
    if (answer && !refused) title.current?.focus();
  }, [answer, refused]);
  // After each try, once what is wrong is marked: the person goes on where something is to be mended.
  const seeks = useRef(false);
  useEffect(() => {
    if (!seeks.current || faults.size === 0) return;
    seeks.current = false;
    form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [faults]);

  const submit = () => {
    if (send.isPending) return;
    seeks.current = true;
    setTried(true);
    if (typedFaults.length === 0) send.mutate(call);
  };
  const setting = useMemo(() => ({ faults, takesFiles: false }), [faults]);
  return (
    <div className={classes.room}>
      <div className={classes.sides}>
        <Stack gap="lg" className={classes.side}>
          <Paper>
            <form
              ref={form}
              noValidate
              onSubmit={(event) => {
                event.preventDefault();
                submit();
              }}
              onKeyDown={(event) => {
                if (event.key !== "Enter") return;
                const isWanted = event.ctrlKey || event.metaKey;
                // A call acts on an outside system: Enter in a field alone is too easily pressed.
                if (isWanted || event.target instanceof HTMLInputElement) event.preventDefault();
                if (isWanted) submit();
              }}
            >
              <Stack gap="lg">
                <FormContext.Provider value={setting}>{children}</FormContext.Provider>
                {typedFaults.length > 0 && hasTried && (
                  <Alert color="orange" icon={<TriangleAlert size={18} />} role="alert">
                    <Text size="sm">It is not sent yet: mend what is marked.</Text>
                  </Alert>
                )}
                <Group gap="sm">
                  <Button type="submit" leftSection={<Send size={16} />} disabled={send.isPending}>
                    Send
                  </Button>
                  {send.isPending && (
                    <Button variant="default" leftSection={<Square size={14} />} onClick={stop}>
                      Stop
                    </Button>
                  )}
                  <CurlButton call={call} />
                  <Text size="xs" c="dimmed" visibleFrom="sm">
                    <Kbd size="xs">Ctrl</Kbd> <Kbd size="xs">Enter</Kbd> sends
                  </Text>
                </Group>
                {send.isPending && <Underway bytes={bytes} />}
              </Stack>
            </form>
          </Paper>
          {wasStopped && (
            <Text size="sm" role="status">
              You stopped it before an answer came. Whether it arrived, only the outside system knows.
            </Text>
          )}
          {send.error && !wasStopped && <Fault error={send.error} />}
          {send.data && !send.isPending && (
            <Paper component="section" aria-label="Answer">
              <Stack gap="sm">
                <AnswerTitle place={title} />
                <Answer {...send.data} connection={connection} />
              </Stack>
            </Paper>
          )}
        </Stack>
        <Paper component="section" aria-label="Explanation" className={classes.beside} tabIndex={0}>
          <Stack gap="sm">
            <div>
              <Title order={3}>What would leave</Title>
              <Text size="xs" c="dimmed">
                The very request, with secrets masked. It follows what you type.
              </Text>
            </div>
            {explanation.query.error && <Fault error={explanation.query.error} retry={() => void explanation.query.refetch()} />}
            {typedFaults.length > 0 && (
              <Text size="sm" c="dimmed">
                It goes on once all that is typed can be read.
              </Text>
            )}
            {explanation.query.data ? (
              <Explained explanation={explanation.query.data} isOld={explanation.isOld} />
            ) : (
              explanation.query.isPending && <Waiting lines={6} />
            )}
          </Stack>
        </Paper>
      </div>
    </div>
  );
}

function CurlButton({ call }: { call: GatewayCall }) {
  return (
    <CopyButton value={curlOf(call, location.origin)} timeout={1_500}>
      {({ copied, copy }) => (
        <Button variant="subtle" leftSection={copied ? <Check size={16} /> : <Copy size={16} />} onClick={copy}>
          {copied ? "Copied" : "Copy as curl"}
        </Button>
      )}
    </CopyButton>
  );
}
