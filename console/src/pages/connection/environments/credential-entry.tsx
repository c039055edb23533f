import { ActionIcon, Anchor, Button, Group, Menu, Stack, Text } from "@mantine/core";
import type { Connection, EnvironmentCredential } from "@mooring/contract";
import { Link } from "@tanstack/react-router";
import { ArrowDown, ArrowUp, EllipsisVertical, FlaskConical, Settings2, Unlink as UnlinkIcon } from "lucide-react";
import { useState } from "react";
import { useMay, useOrganisation } from "../../../api/session.ts";
import type { Place } from "../../../parts/sortable.tsx";
import { Ago } from "../../../parts/time.tsx";
import { Connect } from "../../credentials/connect.tsx";
import { CredentialState, conditionOf } from "../../credentials/state.tsx";
import { schemeWords } from "../../credentials/words.ts";
import classes from "./entry.module.css";
import type { Purpose } from "./entry-dialog.ts";
import type { UseHealth } from "./health.ts";
import { TestTrigger } from "./test-trigger.tsx";

interface Shown {
  readonly entry: EnvironmentCredential;
  readonly place: Place;
  readonly purpose: Purpose;
  readonly connection: Connection;
  /** Its id. */
  readonly environment: string;
  readonly health: UseHealth | undefined;
  readonly onAsk: (what: "edit" | "unlink" | "test") => void;
}

/** One use of a credential: what proof it is, how it is doing, and what can be done with it. */
export function CredentialEntry({ entry, place, purpose, connection, environment, health, onAsk }: Shown) {
  const org = useOrganisation();
  const may = useMay();
  const { credential, authSchemeConfig } = entry;
  const { state, reason } = health ?? conditionOf(credential);
  return (
    <div className={classes.entry}>
      <Group gap={4} wrap="nowrap" className={classes.place ?? ""}>
        {place.handle}
        <span className={classes.number}>{place.number}</span>
      </Group>
      <div className={classes.what}>
        <Anchor
          fw={600}
          size="sm"
          renderRoot={(props) => <Link {...props} to="/o/$org/credentials/$credential" params={{ org, credential: credential.id }} />}
        >
          {credential.name}
        </Anchor>
        <Text size="sm">{schemeWords(authSchemeConfig)}</Text>
        {reason && state !== "ok" && (
          <Text size="sm" c="var(--mantine-color-error)">
            {reason}
          </Text>
        )}
      </div>
      <Stack gap={4} className={classes.state ?? ""}>
        {credential.type !== "none" && <CredentialState state={state} />}
        {health && (
          <Text size="xs" c="dimmed" component="div">
            {health.lastUsedAt ? "last used " : "not used yet"}
            {health.lastUsedAt && <Ago at={health.lastUsedAt} />}
          </Text>
        )}
      </Stack>
      <Group gap={4} wrap="nowrap" className={classes.acts ?? ""}>
        <Test {...{ purpose, entry, connection, environment }} onTest={() => onAsk("test")} />
        {may("connections:write") && <More place={place} name={credential.name} onAsk={onAsk} />}
      </Group>
      {credential.type === "oauth2-token" && (
        <SignInHere
          connection={connection}
          credential={credential}
          isNeeded={state === "reauth_required" || !credential.data.accessToken}
        />
      )}
    </div>
  );
}

/** Where somebody has to sign in, or did so a moment ago. */
function SignInHere({ connection, credential, isNeeded }: { connection: Connection; credential: SignInCredential; isNeeded: boolean }) {
  const org = useOrganisation();
  const maySecrets = useMay()("secrets:write");
  const [hasBegun, setBegun] = useState(false);
  if (!isNeeded && !hasBegun) return null;
  return (
    <div className={classes.below}>
      {maySecrets ? (
        <Connect
          org={org}
          connection={connection.id}
          credential={credential.id}
          authorizeUrl={credential.data.authorizeUrl}
          isConnected={!isNeeded}
          onBegin={() => setBegun(true)}
        />
      ) : (
        <Text size="sm">Somebody who may write secrets has to sign in.</Text>
      )}
    </div>
  );
}

type SignInCredential = Extract<EnvironmentCredential["credential"], { type: "oauth2-token" }>;

/** A call, or the way to where a delivery can be pasted. A warehouse has no path to call: its actions are tried instead. */
function Test({ purpose, entry, connection, environment, onTest }: Testing) {
  const may = useMay();
  const { name } = entry.credential;
  if (purpose === "trigger")
    return may("events:write") ? <TestTrigger name={name} connection={connection} environment={environment} /> : null;
  if (!may("gateway:call") || connection.protocol !== "http") return null;
  return (
    <Button size="compact-sm" variant="default" leftSection={<FlaskConical size={14} />} onClick={onTest} aria-label={`Test ${name}`}>
      Test
    </Button>
  );
}

type Testing = Pick<Shown, "purpose" | "entry" | "connection" | "environment"> & { readonly onTest: () => void };

function More({ place, name, onAsk }: { place: Place; name: string; onAsk: (what: "edit" | "unlink") => void }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={`More about ${name}`}>
          <EllipsisVertical size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Settings2 size={15} />} onClick={() => onAsk("edit")}>
          Change how it is sent
        </Menu.Item>
        {place.moveUp && (
          <Menu.Item leftSection={<ArrowUp size={15} />} onClick={place.moveUp}>
            Move up
          </Menu.Item>
        )}
        {place.moveDown && (
          <Menu.Item leftSection={<ArrowDown size={15} />} onClick={place.moveDown}>
            Move down
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item leftSection={<UnlinkIcon size={15} />} c="var(--mantine-color-error)" onClick={() => onAsk("unlink")}>
          Unlink
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
