import { ActionIcon, Kbd, Text, UnstyledButton } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { Search } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import classes from "./palette-button.module.css";

const bring = () => import("./palette.tsx");
const Palette = lazy(async () => ({ default: (await bring()).Palette }));

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The way to everything by name: a button in the header, and Ctrl+K anywhere. What it opens comes to the browser when it is first wanted. */
export function PaletteButton() {
  const [{ isOpen, times }, setState] = useState({ isOpen: false, times: 0 });
  const open = () => setState((before) => ({ isOpen: true, times: before.times + 1 }));
  const close = () => setState((before) => ({ ...before, isOpen: false }));
  // Once the page had its turn, so that the first letters typed after the keys find a field.
  useEffect(() => {
    const timer = setTimeout(() => void bring(), 1_000);
    return () => clearTimeout(timer);
  }, []);
  // Also from within a field or an editor, for it is a way out of those.
  useHotkeys([["mod+K", isOpen ? close : open]], [], true);
  return (
    <>
      <UnstyledButton className={classes.button} visibleFrom="sm" onClick={open}>
        <Search size={16} aria-hidden />
        <Text span inherit flex={1}>
          Search
        </Text>
        <Kbd size="xs" ff="text" aria-hidden>
          {isMac ? "⌘ K" : "Ctrl K"}
        </Kbd>
      </UnstyledButton>
      <ActionIcon size="lg" hiddenFrom="sm" aria-label="Search" onClick={open}>
        <Search size={18} />
      </ActionIcon>
      {times > 0 && (
        <Suspense>
          <Palette isOpen={isOpen} times={times} onClose={close} />
        </Suspense>
      )}
    </>
  );
}
