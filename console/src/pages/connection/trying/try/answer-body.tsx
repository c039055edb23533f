import { Button, Group, Text } from "@mantine/core";
import { Download } from "lucide-react";
import { useEffect, useMemo, useRef } from "react";
import { CodeBlock } from "../../../../parts/copy.tsx";
import { JsonEditor } from "../../../../parts/json-editor.tsx";
import { saveFile } from "../../../../parts/save-file.ts";
import { size } from "../../../../parts/time.tsx";
import { entryOf, written } from "../form/entry.ts";
import classes from "./try.module.css";

interface Body {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

/** The body of an answer, as what it is: JSON with its lines set, text, a picture. Never as a page: what came from elsewhere runs nothing here. */
export function AnswerBody({ bytes, type }: Body) {
  const essence = (type.split(";")[0] ?? "").trim().toLowerCase();
  if (bytes.length === 0)
    return (
      <Text size="sm" c="dimmed">
        It has no body.
      </Text>
    );
  return (
    <>
      {pictures.has(essence) ? <Picture bytes={bytes} type={essence} /> : <TextBody bytes={bytes} type={type} />}
      <Group mt="xs">
        <Save bytes={bytes} type={essence} />
      </Group>
    </>
  );
}

// Formats of pixels alone: a drawing that may hold scripts or links is shown as its text.
const pictures = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"]);

function TextBody({ bytes, type }: Body) {
  const found = useMemo(() => readable(bytes, type), [bytes, type]);
  if (found === undefined)
    return (
      <Text size="sm" c="dimmed">
        {size(bytes.length)} that are no text. Save them to look at them.
      </Text>
    );
  const { text, isJson, isCut } = found;
  return (
    <>
      {isJson && !isCut ? (
        <JsonEditor label="Body" value={text} isReadOnly heightMin={40} />
      ) : (
        <CodeBlock title={type || "Body"} code={text} />
      )}
      {isCut && (
        <Text size="xs" c="dimmed" mt={4}>
          These are the first {shownMax.toLocaleString("en")} characters. Save it to have all of it.
        </Text>
      )}
    </>
  );
}

const shownMax = 300_000;

/** The text of a body, and of JSON with its lines set; undefined when it is no text. */
function readable(bytes: Uint8Array<ArrayBuffer>, type: string) {
  const charset = /charset="?([\w-]+)/i.exec(type)?.[1] ?? "utf-8";
  let text: string;
  try {
    text = new TextDecoder(charset, { fatal: true }).decode(bytes.subarray(0, 4 * shownMax), { stream: bytes.length > 4 * shownMax });
  } catch {
    return undefined;
  }
  if (text.includes("\0")) return undefined;
  const json = bytes.length <= 4 * shownMax ? prettyJson(text) : undefined;
  const shown = json ?? text;
  return { text: shown.slice(0, shownMax), isJson: json !== undefined, isCut: shown.length > shownMax || bytes.length > 4 * shownMax };
}

/** Digit by digit as it came, which JSON.parse alone would not keep. */
function prettyJson(text: string): string | undefined {
  if (!/^\s*[[{"\d-]/.test(text)) return undefined;
  try {
    return written(entryOf(text), "body").json;
  } catch {
    return undefined;
  }
}

/** Drawn, because an address of its own the page's policy would not allow. */
function Picture({ bytes, type }: Body) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let isGone = false;
    createImageBitmap(new Blob([bytes], { type }))
      .then((picture) => {
        const place = canvas.current;
        if (isGone || !place || picture.width * picture.height > pixelsMax) return;
        place.width = picture.width;
        place.height = picture.height;
        place.getContext("2d")?.drawImage(picture, 0, 0);
      })
      .catch(() => {
        // A broken picture is shown as nothing; it can be saved.
      });
    return () => {
      isGone = true;
    };
  }, [bytes, type]);
  return <canvas ref={canvas} role="img" aria-label="The picture that came" className={classes.picture} />;
}

const pixelsMax = 40_000_000;

function Save({ bytes, type }: Body) {
  const ending = endings[type] ?? (type.endsWith("json") ? "json" : type.startsWith("text/") ? "txt" : "bin");
  // As bytes, whatever it says it is: nothing opens it by itself.
  const save = () => saveFile(`answer.${ending}`, "application/octet-stream", bytes);
  return (
    <Button size="compact-sm" variant="subtle" leftSection={<Download size={14} />} onClick={save}>
      Download ({size(bytes.length)})
    </Button>
  );
}

const endings: Readonly<Record<string, string>> = {
  "text/html": "html",
  "text/csv": "csv",
  "application/xml": "xml",
  "text/xml": "xml",
  "application/pdf": "pdf",
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/gif": "gif",
  "image/webp": "webp",
  "application/zip": "zip",
};
