import { json, jsonParseLinter } from "@codemirror/lang-json";
import { defaultHighlightStyle, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { linter } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { basicSetup } from "codemirror";
import { useEffect, useRef } from "react";
import { nonce } from "../theme/nonce.ts";

interface EditorField {
  readonly labelId: string;
  readonly value: string;
  readonly isReadOnly: boolean;
  readonly heightMin: number;
  readonly onChange: (value: string) => void;
}

/** The editor itself; `JsonEditor` brings it to the page. */
export function Editor({ labelId, value, isReadOnly, heightMin, onChange }: EditorField) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const changed = useRef(onChange);
  changed.current = onChange;
  const first = useRef(value);

  useEffect(() => {
    if (!place.current) return;
    const editor = new EditorView({
      parent: place.current,
      doc: first.current,
      extensions: [
        EditorView.cspNonce.of(nonce),
        basicSetup,
        json(),
        linter((shown) => (shown.state.doc.length === 0 ? [] : jsonParseLinter()(shown))),
        // Tab moves on, as in every other field: whoever uses a keyboard alone would be caught here otherwise (WCAG 2.1.2).
        keymap.of([]),
        EditorView.contentAttributes.of({ "aria-labelledby": labelId, tabindex: "0" }),
        EditorView.lineWrapping,
        EditorState.readOnly.of(isReadOnly),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed.current(update.state.doc.toString());
        }),
        syntaxHighlighting(colours),
        look(heightMin),
      ],
    });
    view.current = editor;
    return () => editor.destroy();
  }, [labelId, isReadOnly, heightMin]);

  useEffect(() => {
    const editor = view.current;
    first.current = value;
    const shown = editor?.state.doc.toString();
    if (editor && shown !== value) editor.dispatch({ changes: { from: 0, to: shown?.length ?? 0, insert: value } });
  }, [value]);

  return <div ref={place} />;
}

// The editor's own colours are for paper alone; at night they could not be read.
function byScheme(colour: string): string {
  const [day, night] = pairs[colour] ?? [colour, "#d0bfff"];
  return `light-dark(${day}, ${night})`;
}

const pairs: Readonly<Record<string, readonly [string, string]>> = {
  "#a11": ["#a11", "#ffa8a8"],
  "#164": ["#164", "#8ce99a"],
  "#219": ["#219", "#a5d8ff"],
  "#e40": ["#b83200", "#ffc078"],
};

const colours = HighlightStyle.define(
  defaultHighlightStyle.specs.map(({ color, ...spec }) => (color === undefined ? spec : { ...spec, color: byScheme(color as string) })),
);

const look = (heightMin: number) =>
  EditorView.theme({
    "&": {
      fontSize: "13px",
      border: "1px solid var(--mantine-color-default-border)",
      borderRadius: "var(--mantine-radius-md)",
      backgroundColor: "var(--mantine-color-body)",
      color: "var(--mantine-color-text)",
    },
    "&.cm-focused": { outline: "2px solid var(--mantine-primary-color-filled)", outlineOffset: "1px" },
    ".cm-scroller": { minHeight: `${heightMin}px`, maxHeight: "480px", fontFamily: "var(--mantine-font-family-monospace)" },
    ".cm-gutters": { backgroundColor: "transparent", border: "none", color: "var(--mantine-color-dimmed)" },
    ".cm-content": { caretColor: "var(--mantine-color-text)" },
    // Drawn, since a font may lack the signs.
    ".cm-foldGutter span": { display: "inline-block", width: "14px", fontSize: 0 },
    ".cm-foldGutter span::before": {
      content: '""',
      display: "inline-block",
      border: "4px solid transparent",
      borderTopColor: "currentColor",
      transform: "translate(3px, 0)",
    },
    ".cm-foldGutter span[title='Unfold line']::before": { transform: "translate(5px, -2px) rotate(-90deg)" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "light-dark(#eef4f6, #1f2933)" },
  });
