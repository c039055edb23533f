import { Anchor, Breadcrumbs, Group, Stack, Text, Title } from "@mantine/core";
import { Link, type LinkProps } from "@tanstack/react-router";
import { type ReactNode, useEffect, useLayoutEffect } from "react";

/** A step back up, as in `{ label: "Connections", link: { to: "/o/$org/connections", params: { org } } }`. */
export interface Crumb {
  readonly label: string;
  readonly link: LinkProps;
}

interface Sheet {
  readonly title: string;
  /** What the browser's tab is called where the title alone does not say it. A part of the page that has `useTitle` goes before it. */
  readonly tabTitle?: string;
  /** A word beside the title, such as a state. */
  readonly aside?: ReactNode;
  /** A line below the title. */
  readonly about?: ReactNode;
  readonly crumbs?: readonly Crumb[];
  /** The buttons of the page, at the right of its title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page: its title, also in the browser's tab, the way back up, and what it is about. */
export function Page({ title, tabTitle = title, aside, about, crumbs = [], actions, children }: Sheet) {
  // Before the effects of what is on the page: those of a parent come after those of its children otherwise, and its title would win.
  useLayoutEffect(() => nameTab(tabTitle), [tabTitle]);
  return (
    <Stack gap="lg">
      <Stack gap={4}>
        {crumbs.length > 0 && (
          <Breadcrumbs separatorMargin={6} aria-label="Way back">
            {crumbs.map(({ label, link }) => (
              <Anchor key={label} size="sm" renderRoot={(props) => <Link {...props} {...link} activeOptions={{ exact: true }} />}>
                {label}
              </Anchor>
            ))}
          </Breadcrumbs>
        )}
        <Group justify="space-between" align="center" gap="sm">
          <Group gap="sm" miw={0}>
            <Title order={1}>{title}</Title>
            {aside}
          </Group>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
        {about && (
          <Text c="dimmed" size="sm" component="div">
            {about}
          </Text>
        )}
      </Stack>
      {children}
    </Stack>
  );
}

/** Names the browser's tab after the page. */
export function useTitle(title: string): void {
  useEffect(() => nameTab(title), [title]);
}

function nameTab(title: string): void {
  document.title = `${title} · Mooring`;
}
