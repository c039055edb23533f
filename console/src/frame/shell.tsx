import { AppShell, Burger, Group, ScrollArea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Outlet, useLocation } from "@tanstack/react-router";
import { useEffect } from "react";
import { Brand } from "./brand.tsx";
import { Navigation } from "./navigation.tsx";
import { OrganisationMenu } from "./organisation-menu.tsx";
import { PaletteButton } from "./palette/palette-button.tsx";
import { PersonMenu } from "./person-menu.tsx";
import { SchemeSwitch } from "./scheme-switch.tsx";
import classes from "./shell.module.css";
import { SignedOut } from "./signed-out.tsx";

/** The frame around every page of an organisation: navigation at the left, or behind a button where the window is narrow. */
export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  useEffect(close, [pathname]);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 232, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding={{ base: "md", md: "xl" }}
      classNames={{ header: classes.header ?? "", navbar: classes.navbar ?? "", main: classes.main ?? "" }}
    >
      <a href="#page" className={classes.skip}>
        To the page
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={isOpen ? "Close the navigation" : "Open the navigation"}
            />
            <Brand />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <PaletteButton />
            <SchemeSwitch />
            <PersonMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label="Main">
        <ScrollArea>
          <OrganisationMenu />
          <Navigation />
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="page" tabIndex={-1}>
        <div className={classes.page}>
          <SignedOut />
          <Outlet />
        </div>
      </AppShell.Main>
    </AppShell>
  );
}
