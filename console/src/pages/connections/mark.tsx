import classes from "./new.module.css";

/** A sign of letters in a colour of its own, for what has no sign of ours: the colour comes from the name alone, and never changes. */
export function Mark({ slug, name }: { slug: string; name: string }) {
  const hue = [...slug].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7);
  const [first = "", second = ""] = name.split(/[\s-]+/);
  return (
    // One lightness for every hue, on which white can be read (WCAG 2.2, 1.4.3).
    <span className={classes.mark} style={{ backgroundColor: `oklch(0.5 0.11 ${hue})` }} aria-hidden="true">
      {first.slice(0, 1).toUpperCase()}
      {second ? second.slice(0, 1).toUpperCase() : first.slice(1, 2).toLowerCase()}
    </span>
  );
}
