import { Anchor, Code } from "@mantine/core";
import { Fragment, type ReactNode } from "react";

/**
 * What somebody wrote about a thing, with the little of Markdown that descriptions of APIs are written in: code, bold, italic and links.
 * Made of elements, never of markup; whatever else is in the text stays text.
 */
export function Prose({ text }: { text: string }) {
  return inline(text.slice(0, lengthMax), 0);
}

const lengthMax = 20_000;
const nestedMax = 4;
const pattern = /`([^`\n]+)`|\*\*([^*\n]+)\*\*|\[([^\]\n]+)\]\((https?:\/\/[^)\s]+)[^)\n]*\)|(?<![\w*])[*_]([^*_\n]+)[*_](?!\w)/g;

function inline(text: string, depth: number): ReactNode {
  if (depth > nestedMax) return text;
  const parts: ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    const [whole, code, bold, label, url, italic] = match;
    parts.push(text.slice(end, match.index));
    if (code !== undefined) parts.push(<Code>{code}</Code>);
    else if (bold !== undefined) parts.push(<b>{inline(bold, depth + 1)}</b>);
    else if (italic !== undefined) parts.push(<i>{inline(italic, depth + 1)}</i>);
    else
      parts.push(
        <Anchor href={url} inherit underline="always" target="_blank" rel="noreferrer">
          {label}
        </Anchor>,
      );
    end = match.index + whole.length;
  }
  parts.push(text.slice(end));
  return parts.map((part, at) => <Fragment key={at.toString()}>{part}</Fragment>);
}
