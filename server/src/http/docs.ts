import type { OpenApiDocument } from "@mooring/contract";
import { escaped } from "./page.ts";

/** The OpenAPI document as a page to read: no script, nothing from elsewhere, so it works where the network does not. */
export function documentPage({ info, tags, paths, components }: OpenApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.includes(method))
      .map(([method, operation]) => ({ path, method: method.toUpperCase(), ...(operation as OperationObject) })),
  );
  const chapters = tags.map(({ name, description }) => ({
    name,
    description,
    inside: operations.filter((one) => one.tags?.includes(name)),
  }));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(String(info.title))}</title>
<style>${style}</style>
</head>
<body>
<nav aria-label="Chapters">${chapters.map(({ name }) => `<a href="#${anchor(name)}">${escaped(name)}</a>`).join("")}<a href="#schemas">Schemas</a></nav>
<main>
<h1>${escaped(String(info.title))}</h1>
<p>${prose(String(info.description))} The same as data: <a href="/openapi.json">openapi.json</a>.</p>
${chapters.map(chapter).join("\n")}
<h2 id="schemas">Schemas</h2>
${Object.entries(components.schemas)
  .map(
    ([name, schema]) =>
      `<details id="schema-${escaped(name)}"><summary><code>${escaped(name)}</code></summary><pre>${escaped(JSON.stringify(schema, undefined, 2))}</pre></details>`,
  )
  .join("\n")}
</main>
</body>
</html>`;
}

interface OperationObject {
  readonly tags?: readonly string[];
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly requestBody?: { readonly content?: Record<string, { schema?: { $ref?: string } }> };
}

const methods = ["get", "post", "put", "patch", "delete", "head", "options"];

function chapter({
  name,
  description,
  inside,
}: {
  name: string;
  description: string;
  inside: (OperationObject & { path: string; method: string })[];
}) {
  const rows = inside.map(({ path, method, operationId, summary, description: text, requestBody }) => {
    const schema = requestBody?.content?.["application/json"]?.schema?.$ref?.split("/").at(-1);
    const body = schema === undefined ? "" : `<p>Body: <a href="#schema-${escaped(schema)}"><code>${escaped(schema)}</code></a></p>`;
    return `<section id="${escaped(operationId ?? "")}"><h3>${escaped(summary ?? "")}</h3><p><b>${method}</b> <code>${escaped(path)}</code></p><p>${prose(text ?? "")}</p>${body}</section>`;
  });
  return `<h2 id="${anchor(name)}">${escaped(name)}</h2><p>${prose(description)}</p>${rows.join("\n")}`;
}

const anchor = (name: string) => name.toLowerCase().replaceAll(/[^a-z]+/g, "-");

const prose = (text: string) => escaped(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");

const style = `
:root { color-scheme: light dark; font: 16px/1.6 system-ui, sans-serif; }
body { margin: 0; display: grid; grid-template-columns: 14rem minmax(0, 56rem); gap: 2rem; padding: 1rem; }
nav { position: sticky; top: 1rem; align-self: start; display: grid; gap: .25rem; }
a { color: inherit; } section { border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); padding: .5rem 0; }
h3 { margin: .5rem 0; } p { margin: .25rem 0; } code, pre { font: .9em/1.5 ui-monospace, monospace; }
code { overflow-wrap: anywhere; } pre { overflow: auto; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; grid-auto-flow: row; } }
`;
