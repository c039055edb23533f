import { Kbd, Loader, Modal, Text, TextInput, VisuallyHidden } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useState } from "react";
import { Fault } from "../../parts/fault.tsx";
import { useOffers, useWhose } from "./offers.ts";
import classes from "./palette.module.css";
import { optionId, PickList } from "./pick-list.tsx";
import { type Pick, rememberPick } from "./recent.ts";

/** The palette: type a name, choose with the arrow keys, go there with enter. Empty each of the `times` that it is opened. */
export function Palette({ isOpen, times, onClose }: { isOpen: boolean; times: number; onClose: () => void }) {
  return (
    <Modal.Root
      opened={isOpen}
      onClose={onClose}
      centered={false}
      yOffset="10vh"
      size={620}
      padding={0}
      transitionProps={{ duration: 120 }}
    >
      <Modal.Overlay />
      <Modal.Content aria-label="Search" p={0}>
        <Modal.Body p={0}>
          <Finder key={times} onClose={onClose} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

const listId = "palette";

function Finder({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const whose = useWhose();
  const [typed, setTyped] = useState("");
  const [text] = useDebouncedValue(typed, 120);
  const [chosen, setChosen] = useState(0);
  const [isEager, setEager] = useState(false);
  const { offers, isSearching, error } = useOffers(text);
  const picks = offers.flatMap((one) => one.picks);
  const at = Math.min(chosen, picks.length - 1);
  // What was typed last is not looked up yet: enter now must not open what fits an older text, but the first of what comes.
  const isBehind = text !== typed || isSearching;

  const go = (pick: Pick | undefined) => {
    setEager(false);
    if (!pick) return;
    rememberPick(whose, pick);
    onClose();
    void navigate(pick.link);
  };
  const isDue = isEager && !isBehind;
  useEffect(() => {
    if (isDue) go(picks[at]);
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      if (isBehind) setEager(true);
      else go(picks[at]);
    } else if (step !== undefined && picks.length > 0) {
      event.preventDefault();
      setChosen((at + step + picks.length) % picks.length);
    }
  };
  return (
    <>
      <TextInput
        className={classes.field}
        variant="unstyled"
        size="lg"
        leftSection={isSearching ? <Loader size={16} /> : <Search size={18} />}
        placeholder="Find anything by name"
        aria-label="Search connections, actions and pages"
        role="combobox"
        aria-expanded={picks.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={picks.length > 0 ? optionId(at) : undefined}
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        data-autofocus
        autoFocus
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setChosen(0);
          setEager(false);
        }}
        onKeyDown={onKeyDown}
      />
      <Fault error={error} />
      <PickList id={listId} offers={offers} chosen={at} onPoint={setChosen} onPick={go} />
      {picks.length === 0 && !isBehind && (
        <Text size="sm" c="dimmed" p="lg" pt={4} ta="center">
          Nothing has this name. Connections are found by name and address, actions by name, summary and path.
        </Text>
      )}
      <VisuallyHidden role="status">{isBehind ? "" : `${picks.length} found`}</VisuallyHidden>
      <div className={classes.foot} aria-hidden="true">
        <span>
          <Kbd size="xs">Up</Kbd> <Kbd size="xs">Down</Kbd> to choose
        </span>
        <span>
          <Kbd size="xs">Enter</Kbd> to open
        </span>
        <span>
          <Kbd size="xs">Esc</Kbd> to close
        </span>
      </div>
    </>
  );
}
