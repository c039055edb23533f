import { ActionIcon, Anchor, Button, Code, Group, NativeSelect, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { useMay, useOrganisation } from "../../../api/session.ts";
import { useTitle } from "../../../frame/page.tsx";
import { useConnection } from "../connection.ts";
import formClasses from "./form/form.module.css";
import { EnvironmentChoice, NoEnvironment, useEnvironment } from "./try/environments.tsx";
import type { GatewayCall } from "./try/gateway.ts";
import { CallOptions, noOptions, optionHeaders } from "./try/options.tsx";
import { TrialSides } from "./try/trial-sides.tsx";

/** A call of any path through an environment, without an action: for a look at a system that nothing describes yet. */
export function CallAny() {
  const org = useOrganisation();
  const connection = useConnection();
  const environment = useEnvironment();
  const may = useMay();
  const [request, setRequest] = useState<Typed>({ method: "GET", path: "/", headers: [], body: "" });
  const [options, setOptions] = useState(noOptions);
  useTitle(`Call any path · ${connection.name}`);
  if (!may("gateway:call")) return <Text size="sm">Your role may not make calls through this connection.</Text>;
  const change = (part: Partial<Typed>) => setRequest({ ...request, ...part });
  const base = { organisation: org, connection: connection.id, environment: environment?.id ?? "" };
  const faults = faultsOf(request);
  const asked = optionHeaders(options);
  return (
    <Stack gap="md">
      <div>
        <Title order={2}>Call any path</Title>
        <Text size="sm" c="dimmed">
          Sends what you write here with the environment's credentials.{" "}
          <Anchor
            inherit
            underline="always"
            renderRoot={(props) => (
              <Link {...props} to="/o/$org/connections/$connection/actions" params={{ org, connection: connection.id }} />
            )}
          >
            Actions
          </Anchor>{" "}
          do the same with a form that knows what is asked for.
        </Text>
      </div>
      {environment ? (
        <TrialSides
          connection={connection.id}
          call={callOf(base, "proxy", request, asked)}
          explaining={callOf(base, "explain", request, asked)}
          typedFaults={faults}
        >
          <EnvironmentChoice chosen={environment} />
          <Group align="end" gap="sm" wrap="nowrap">
            <NativeSelect
              label="Method"
              data={methods}
              w={120}
              value={request.method}
              onChange={(event) => change({ method: event.currentTarget.value })}
            />
            <TextInput
              label="Path"
              placeholder="/orders?state=open"
              styles={monospace}
              style={{ flex: 1 }}
              value={request.path}
              onChange={(event) => change({ path: event.currentTarget.value })}
              error={leadsOut(request.path) && outside}
            />
          </Group>
          {connection.protocol === "http" && (
            <Text size="xs" c="dimmed">
              Below <Code>{connection.baseUrl}</Code>
            </Text>
          )}
          <Headers headers={request.headers} onChange={(headers) => change({ headers })} />
          {!bodiless.has(request.method) && (
            <Textarea
              label="Body"
              description="Sent as it is. Give its type in a header Content-Type."
              autosize
              minRows={4}
              maxRows={24}
              styles={monospace}
              value={request.body}
              onChange={(event) => change({ body: event.currentTarget.value })}
            />
          )}
          <CallOptions options={options} onChange={setOptions} />
        </TrialSides>
      ) : (
        <NoEnvironment />
      )}
    </Stack>
  );
}

const monospace = { input: { fontFamily: "var(--mantine-font-family-monospace)" } };

interface Typed {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly TypedHeader[];
  readonly body: string;
}

interface TypedHeader {
  readonly id: number;
  readonly name: string;
  readonly value: string;
}

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
const bodiless = new Set(["GET", "HEAD"]);

function Headers({ headers, onChange }: { headers: readonly TypedHeader[]; onChange: (headers: readonly TypedHeader[]) => void }) {
  const replace = (id: number, part: Partial<TypedHeader>) => onChange(headers.map((one) => (one.id === id ? { ...one, ...part } : one)));
  return (
    <Stack gap="xs">
      <Text size="sm" fw={500}>
        Headers
      </Text>
      {headers.map(({ id, name, value }) => (
        <div key={id} className={formClasses.pair}>
          <TextInput
            aria-label="Name of the header"
            placeholder="Content-Type"
            value={name}
            error={unsendable(name)}
            onChange={(event) => replace(id, { name: event.currentTarget.value })}
          />
          <TextInput
            aria-label={`Value of ${name || "the header"}`}
            value={value}
            onChange={(event) => replace(id, { value: event.currentTarget.value })}
          />
          <ActionIcon mt={6} aria-label={`Remove the header ${name}`} onClick={() => onChange(headers.filter((one) => one.id !== id))}>
            <X size={16} />
          </ActionIcon>
        </div>
      ))}
      <Button
        variant="subtle"
        size="compact-sm"
        style={{ alignSelf: "start" }}
        leftSection={<Plus size={14} />}
        onClick={() => onChange([...headers, { id: Math.max(-1, ...headers.map(({ id }) => id)) + 1, name: "", value: "" }])}
      >
        Add a header
      </Button>
    </Stack>
  );
}

/** Why a page cannot send a header of this name; undefined when it can (Fetch, "forbidden request-header"). */
function unsendable(name: string): string | undefined {
  if (name === "") return undefined;
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return "This is no name of a header.";
  if (
    /^(?:accept-charset|accept-encoding|access-control-.*|connection|content-length|cookie2?|date|dnt|expect|host|keep-alive|origin|referer|set-cookie|te|trailer|transfer-encoding|upgrade|via|proxy-.*|sec-.*)$/i.test(
      name,
    )
  )
    return "A browser sends this as it likes. Use curl for it.";
  return /^authorization$/i.test(name) ? "The environment's credentials prove who calls." : undefined;
}

const faultsOf = ({ path, headers }: Typed) => [
  ...(leadsOut(path) ? [{ field: "path", message: outside }] : []),
  ...headers.flatMap(({ name }) => {
    const message = unsendable(name);
    return message === undefined ? [] : [{ field: name, message }];
  }),
];

/** Whether a browser would make another address of Mooring of it, in the name of who is signed in: it takes out `..` before it sends. */
function leadsOut(path: string): boolean {
  const [below = ""] = path.replace(/^\/*/, "").split(/[?#]/);
  return !new URL(`/here/${below}`, location.origin).pathname.startsWith("/here/");
}

const outside = "This leads out of the connection, by its `..`";

interface Base {
  readonly organisation: string;
  readonly connection: string;
  readonly environment: string;
}

function callOf(base: Base, verb: "proxy" | "explain", typed: Typed, asked: Readonly<Record<string, string>>): GatewayCall {
  const { organisation, connection, environment } = base;
  const path = typed.path.replace(/^\/*/, "").split("#")[0] ?? "";
  const own = Object.fromEntries(
    typed.headers.filter(({ name }) => name !== "" && !unsendable(name)).map(({ name, value }) => [name, value]),
  );
  const given = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  // What a browser adds by itself says nothing about the call.
  const ignored = browserHeaders.filter((name) => !given.has(name)).join(", ");
  const hasBody = !bodiless.has(typed.method) && typed.body !== "";
  return {
    method: typed.method,
    address: `/o/${organisation}/connections/${connection}/environments/${environment}/${verb}/${path}`,
    headers: { ...(!given.has("accept") && { accept: "*/*" }), ...own, ...asked, "mooring-ignore-headers": ignored },
    body: hasBody ? typed.body : undefined,
  };
}

const browserHeaders = [
  ...["accept-language", "accept-encoding", "cache-control", "pragma", "origin", "referer", "priority", "dnt", "sec-gpc"],
  ...["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform"],
];
