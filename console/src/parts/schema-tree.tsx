import { Anchor, Code, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { createContext, useContext, useState } from "react";
import { Answered } from "./answer.tsx";
import { Prose } from "./prose.tsx";
import { childrenOf, type SchemaChild } from "./schema-children.ts";
import { schemaQuery } from "./schema-query.ts";
import { isObject, referenceOf, type SchemaReference, valueAtFragment } from "./schema-reference.ts";
import classes from "./schema-tree.module.css";
import { factsOf, labelOf, valuesOf } from "./schema-words.ts";

interface Tree {
  readonly schema: unknown;
  /** Where the schema is, so that its references to other definitions can be followed; without it only its own parts are. */
  readonly url?: string | undefined;
  /** The version whose definitions the names of references lead to, on pages of a connection; no links without it. */
  readonly version?: string | undefined;
  /** What it is the schema of, for whoever hears it. */
  readonly label: string;
}

/** A JSON Schema to read: a tree of its properties that is opened part by part, so that neither size nor circles matter. */
export function SchemaTree({ schema, url, version, label }: Tree) {
  return (
    <Version value={version}>
      <section aria-label={label} className={classes.tree}>
        <Said schema={schema} url={url} hasLabel />
        <Parts schema={schema} place={{ root: schema, url, trail: [stepOf(url, "")] }} />
      </section>
    </Version>
  );
}

/** Where a schema stands: in which document, and through which references it was come to. */
interface Place {
  readonly root: unknown;
  readonly url: string | undefined;
  readonly trail: readonly string[];
}

const Version = createContext<string | undefined>(undefined);

function Parts({ schema, place }: { schema: unknown; place: Place }) {
  const [shown, setShown] = useState(pageSize);
  const children = childrenOf(schema);
  const reference = isObject(schema) && typeof schema.$ref === "string" ? referenceOf(schema.$ref, place.url) : undefined;
  return (
    <>
      {reference && <Target reference={reference} place={place} />}
      {children.length > 0 && (
        <ul className={classes.parts}>
          {children.slice(0, shown).map((child) => (
            <Part key={child.key} child={child} place={place} />
          ))}
        </ul>
      )}
      {children.length > shown && (
        <Anchor component="button" type="button" size="sm" ml={26} onClick={() => setShown(shown + pageSize)}>
          Show {Math.min(pageSize, children.length - shown)} more of {children.length}
        </Anchor>
      )}
    </>
  );
}

const pageSize = 100;

function Part({ child, place }: { child: SchemaChild; place: Place }) {
  const { name, isProperty, isRequired, schema } = child;
  const [isOpen, setOpen] = useState(opensByItself(child, place));
  const canOpen = (isObject(schema) && typeof schema.$ref === "string") || childrenOf(schema).length > 0;
  const title = <span className={isProperty ? classes.name : classes.words}>{name}</span>;
  return (
    <li>
      <div className={classes.line}>
        {canOpen ? (
          <button type="button" className={classes.opener} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            <ChevronRight size={14} className={classes.chevron} aria-hidden />
            {title}
          </button>
        ) : (
          <span className={classes.leaf}>{title}</span>
        )}
        <Label schema={schema} url={place.url} />
        {isRequired && <span className={classes.required}>required</span>}
      </div>
      <div className={classes.inside}>
        <Said schema={schema} url={place.url} />
        {isOpen && <Parts schema={schema} place={place} />}
      </div>
    </li>
  );
}

// An array is hardly ever opened for its own sake; but a circle must not open for ever.
function opensByItself({ name, schema }: SchemaChild, { url, trail }: Place): boolean {
  if (name !== "each item" || trail.length > 4) return false;
  if (!isObject(schema) || typeof schema.$ref !== "string") return true;
  const reference = referenceOf(schema.$ref, url);
  return !trail.includes(stepOf(reference.url ?? url, reference.fragment));
}

const stepOf = (url: string | undefined, fragment: string) => `${url ?? ""}#${fragment}`;

/** What a reference leads to: read when it is opened. */
function Target({ reference, place }: { reference: SchemaReference; place: Place }) {
  if (reference.isGone) return <Note>That definition was deleted.</Note>;
  if (reference.url === undefined) return <Found document={place.root} reference={reference} place={place} />;
  if (reference.definition === undefined) return <Note>It is described at {reference.name}.</Note>;
  return <Elsewhere url={reference.url} reference={reference} place={place} />;
}

function Elsewhere({ url, reference, place }: { url: string; reference: SchemaReference; place: Place }) {
  const query = useQuery(schemaQuery(url));
  return (
    <Answered query={query}>
      {({ schema }) => <Found document={schema} reference={reference} place={{ ...place, root: schema, url }} />}
    </Answered>
  );
}

function Found({ document, reference: { fragment }, place }: { document: unknown; reference: SchemaReference; place: Place }) {
  const schema = valueAtFragment(document, fragment);
  if (schema === undefined) return <Note>The reference leads nowhere.</Note>;
  const label = labelOf(schema, place.url);
  const isPlain = childrenOf(schema).length === 0 && label.every((part) => typeof part === "string");
  const step = stepOf(place.url, fragment);
  // What refers to itself without a property between has nothing more to say.
  if (isObject(schema) && typeof schema.$ref === "string" && place.trail.includes(step)) return <Note>It refers to itself.</Note>;
  return (
    <>
      <Said schema={schema} url={place.url} hasLabel={isPlain} />
      <Parts schema={schema} place={{ ...place, trail: [...place.trail, step] }} />
    </>
  );
}

function Label({ schema, url }: { schema: unknown; url: string | undefined }) {
  return (
    <span className={classes.label}>
      {labelOf(schema, url).map((part, index) =>
        typeof part === "string" ? part : <ReferenceName key={`${part.name}${index.toString()}`} reference={part} />,
      )}
    </span>
  );
}

function ReferenceName({ reference: { name, definition } }: { reference: SchemaReference }) {
  const version = useContext(Version);
  const { org, connection } = useParams({ strict: false });
  if (!definition || !version || !org || !connection) return name;
  const params = { org, connection, version, definition };
  return (
    <Anchor
      inherit
      underline="always"
      renderRoot={(props) => <Link {...props} to="/o/$org/connections/$connection/definitions/$version/$definition" params={params} />}
    >
      {name}
    </Anchor>
  );
}

/** What a schema says of itself beside its parts. */
function Said({ schema, url, hasLabel = false }: { schema: unknown; url: string | undefined; hasLabel?: boolean }) {
  if (!isObject(schema)) return hasLabel ? <Label schema={schema} url={url} /> : null;
  const facts = factsOf(schema);
  const values = valuesOf(schema);
  const description = [schema.title, schema.description].filter((text) => typeof text === "string").join(": ");
  if (!hasLabel && description === "" && facts.length === 0 && values.length === 0) return null;
  return (
    <div className={classes.said}>
      {hasLabel && <Label schema={schema} url={url} />}
      {description !== "" && <Description text={description} />}
      {facts.length > 0 && <span className={classes.facts}>{facts.join(" · ")}</span>}
      {values.length > 0 && <Values values={values} />}
    </div>
  );
}

function Values({ values }: { values: readonly unknown[] }) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? values : values.slice(0, valuesShown);
  return (
    <span className={classes.values}>
      {values.length === 1 ? "always" : "one of"}
      {shown.map((value) => (
        <Code key={JSON.stringify(value)}>{JSON.stringify(value)}</Code>
      ))}
      {shown.length < values.length && (
        <Anchor component="button" type="button" inherit onClick={() => setWhole(true)}>
          {values.length - shown.length} more
        </Anchor>
      )}
    </span>
  );
}

const valuesShown = 12;

function Description({ text }: { text: string }) {
  const [isWhole, setWhole] = useState(false);
  const isLong = text.length > textShown;
  return (
    <Text size="sm" c="dimmed" className={classes.description}>
      <Prose text={isLong && !isWhole ? `${text.slice(0, textShown).replace(/[\s.,;:]+$/, "")}… ` : text} />
      {isLong && !isWhole && (
        <Anchor component="button" type="button" inherit onClick={() => setWhole(true)}>
          more
        </Anchor>
      )}
    </Text>
  );
}

const textShown = 240;

function Note({ children }: { children: React.ReactNode }) {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  );
}
