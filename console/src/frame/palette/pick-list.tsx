import { Cable, CornerDownRight, type LucideIcon, Zap } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Offers } from "./offers.ts";
import classes from "./palette.module.css";
import type { Pick } from "./recent.ts";

interface List {
  readonly id: string;
  readonly offers: readonly Offers[];
  /** Which of them all, counted through, enter would open. */
  readonly chosen: number;
  readonly onPoint: (at: number) => void;
  readonly onPick: (pick: Pick) => void;
}

/** The id of an option by its number, for the field that says which one is chosen. */
export const optionId = (at: number) => `palette-${at}`;

/** What the palette offers, as a list box: the keyboard stays in the field, which names the option that is chosen. */
export function PickList({ id, offers, chosen, onPoint, onPick }: List) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.querySelector(`#${optionId(chosen)}`)?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  let at = -1;
  return (
    <div ref={place} id={id} role="listbox" aria-label="Found" className={classes.list} tabIndex={-1}>
      {offers.map(({ heading, picks }) => (
        <div key={heading} role="group" aria-label={heading}>
          <div className={classes.heading} aria-hidden="true">
            {heading}
          </div>
          {picks.map((pick) => {
            at += 1;
            const own = at;
            return (
              <div
                key={`${heading}${JSON.stringify(pick.link)}`}
                id={optionId(own)}
                role="option"
                aria-selected={own === chosen}
                className={classes.pick}
                onPointerMove={() => own !== chosen && onPoint(own)}
                // The field keeps the keyboard.
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => onPick(pick)}
              >
                <Shown pick={pick} />
              </div>
            );
          })}
        </div>
      ))}
    </div>
  );
}

function Shown({ pick: { kind, label, hint } }: { pick: Pick }) {
  const Icon = icons[kind] ?? CornerDownRight;
  return (
    <>
      <Icon size={17} aria-hidden style={{ flexShrink: 0 }} />
      <div style={{ minWidth: 0 }}>
        <div className={classes.label}>{label}</div>
        {hint && <div className={classes.hint}>{hint}</div>}
      </div>
    </>
  );
}

const icons: Readonly<Record<Pick["kind"], LucideIcon>> = { page: CornerDownRight, connection: Cable, action: Zap };
