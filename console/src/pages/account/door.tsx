import { Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Brand } from "../../frame/brand.tsx";
import { useTitle } from "../../frame/page.tsx";
import { SchemeSwitch } from "../../frame/scheme-switch.tsx";
import classes from "./door.module.css";

interface Entry {
  readonly title: string;
  /** What this is, in a sentence. */
  readonly about?: ReactNode;
  /** What stands at the top right, beside the choice of colours. */
  readonly aside?: ReactNode;
  readonly width?: number;
  readonly children: ReactNode;
}

/** A page outside of any organisation: one sheet above still water, with the brand over it. */
export function Door({ title, about, aside, width = 420, children }: Entry) {
  useTitle(title);
  return (
    <div className={classes.door}>
      <Group component="header" className={classes.top} justify="space-between" wrap="nowrap">
        <Brand />
        <Group gap="xs" wrap="nowrap">
          {aside}
          <SchemeSwitch />
        </Group>
      </Group>
      <main className={classes.middle}>
        <Paper className={classes.sheet} maw={width} p={{ base: "lg", xs: 32 }} radius="lg">
          <Stack gap="lg">
            <Stack gap={6}>
              <Title order={1}>{title}</Title>
              {about && (
                <Text c="dimmed" size="sm" component="div">
                  {about}
                </Text>
              )}
            </Stack>
            {children}
          </Stack>
        </Paper>
      </main>
      <Water />
    </div>
  );
}

function Water() {
  return (
    <svg className={classes.water} viewBox="0 0 1440 320" preserveAspectRatio="none" aria-hidden="true">
      {waves.map(({ path, opacity }) => (
        <path key={path} d={path} fill="currentColor" fillOpacity={opacity} />
      ))}
    </svg>
  );
}

const waves = [
  { path: "M0 110C240 60 420 170 720 130S1200 60 1440 120V320H0Z", opacity: 0.05 },
  { path: "M0 180C280 230 460 130 760 180S1220 240 1440 170V320H0Z", opacity: 0.06 },
  { path: "M0 245C220 205 520 285 780 245S1240 210 1440 255V320H0Z", opacity: 0.08 },
];
