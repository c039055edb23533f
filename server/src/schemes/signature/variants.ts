import { isNestedBeyond } from "../../domain/nesting.ts";

/** What a body may have been before something on its way, or whoever copied it, changed it. */
export function bodyVariants(body: Buffer): { what: string; body: Buffer }[] {
  const text = body.toString("utf8");
  const json = isNestedBeyond(depthMax, body) ? undefined : parsed(text);
  const variants: { what: string; body: string }[] = [
    { what: "with its trailing newline removed", body: text.replace(/\r?\n$/, "") },
    { what: "with a newline at its end", body: `${text}\n` },
    { what: "without the space around it", body: text.trim() },
    { what: "with line ends as LF", body: text.replaceAll("\r\n", "\n") },
    { what: "with line ends as CRLF", body: text.replace(/\r?\n/g, "\r\n") },
    { what: "without its byte order mark", body: text.replace(/^\ufeff/, "") },
    { what: "when its JSON is written without spaces", body: json === undefined ? text : JSON.stringify(json) },
    { what: "when its JSON is written with two spaces", body: json === undefined ? text : JSON.stringify(json, null, 2) },
    { what: "when it is empty", body: "" },
  ];
  return variants
    .filter((variant) => variant.body !== text)
    .map((variant) => ({ what: variant.what, body: Buffer.from(variant.body, "utf8") }));
}

// Written with spaces, each value has as many as it is deep; and what is much deeper cannot be written at all.
const depthMax = 20;

/** What an address may be at the sender. */
export function urlVariants(url: string): { what: string; url: string }[] {
  const [path = "", query] = splitOnce(url, "?");
  const rest = query === undefined ? "" : `?${query}`;
  const variants = [
    { what: "with https", url: url.replace(/^http:/, "https:") },
    { what: "with http", url: url.replace(/^https:/, "http:") },
    { what: "with a slash at the end of its path", url: `${path.replace(/\/?$/, "/")}${rest}` },
    { what: "without the slash at the end of its path", url: `${path.replace(/\/$/, "")}${rest}` },
    { what: "without its query", url: path },
    { what: "without its port", url: url.replace(/^(\w+:\/\/[^/:?]+):\d+/, "$1") },
    { what: "with the port that it has anyway", url: withPort(url) },
  ];
  return variants.filter((variant) => variant.url !== url);
}

function withPort(url: string): string {
  const port = url.startsWith("https:") ? 443 : 80;
  return url.replace(/^(\w+:\/\/[^/:?]+)(?=[/?]|$)/, `$1:${port}`);
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
