import { useQuery } from "@tanstack/react-query";
import { Answered } from "./answer.tsx";
import { CodeBlock } from "./copy.tsx";
import { schemaQuery } from "./schema-query.ts";
import { SchemaTree } from "./schema-tree.tsx";

interface Given {
  /** The definition, as an answer of the API has it. */
  readonly definition: { readonly name: string; readonly url: string };
  /** The version it belongs to: the names of other definitions lead to their pages there. */
  readonly version: string;
  /** What it is for, where it may be on the page more than once. */
  readonly label?: string;
}

/** The schema of a definition to read: a tree of its parts, or the text where it is XML. It is asked for when this is shown. */
export function DefinitionSchema({ definition: { name, url }, version, label = `Schema of ${name}` }: Given) {
  const query = useQuery(schemaQuery(url));
  return (
    <Answered query={query}>
      {({ schema, text }) =>
        schema === undefined ? (
          <CodeBlock code={text} title={`${name} (XML Schema)`} />
        ) : (
          <SchemaTree schema={schema} url={url} version={version} label={label} />
        )
      }
    </Answered>
  );
}
