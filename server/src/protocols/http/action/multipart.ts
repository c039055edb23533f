/** One part of a body of multipart/form-data (RFC 7578). */
export interface Part {
  readonly name: string;
  readonly bytes: Buffer;
  readonly filename?: string;
  readonly contentType?: string;
}

/** A field of text. */
export const formPart = (name: string, text: string): Part => ({ name, bytes: Buffer.from(text) });

/** The parts as a body. `boundary` is a token that none of them holds. */
export function multipart(parts: readonly Part[], boundary: string): Buffer {
  const pieces = parts.flatMap((part) => [Buffer.from(`--${boundary}\r\n${headOf(part)}\r\n\r\n`), part.bytes, Buffer.from("\r\n")]);
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}

function headOf({ name, filename, contentType }: Part): string {
  const file = filename === undefined ? "" : `; filename="${quoted(filename)}"`;
  const type = contentType === undefined ? "" : `\r\nContent-Type: ${contentType}`;
  return `Content-Disposition: form-data; name="${quoted(name)}"${file}${type}`;
}

/** As browsers write names (WHATWG HTML, "multipart/form-data encoding algorithm"), so that none can end its line or its quotes. */
const quoted = (text: string) => text.toWellFormed().replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
