import { Modal, type ModalProps } from "@mantine/core";
import { useLayoutEffect } from "react";

/** A dialog over the page. When it is gone, the focus is where it came from, also where the whole dialog was taken off the page. */
export function Dialog(props: ModalProps) {
  const { opened } = props;
  useLayoutEffect(() => {
    if (!opened) return;
    const before = origin(document.activeElement);
    return () => {
      // Once whatever closed it has had its say: a page that was gone to, or the dialog's own way back.
      setTimeout(() => {
        if (document.activeElement === document.body && before?.isConnected) before.focus();
      });
    };
  }, [opened]);
  return <Modal {...props} />;
}

/** What was focused; of a menu that closes, the button that opened it. */
function origin(focused: Element | null): HTMLElement | undefined {
  const button = focused?.closest("[role=menu]")?.getAttribute("aria-labelledby");
  const found = button ? document.getElementById(button) : focused;
  return found instanceof HTMLElement && found !== document.body ? found : undefined;
}
